/* The table of commands. One more command is one row here and one function in a cmd_<noun>.c. */
#include "cli/cli.h"

#define END OPTION_COUNT

const struct option_row option_rows[OPTION_COUNT] = {
#define X(id, name, value, help) [OPTION_##id] = {name, value, help},
	OPTIONS(X)
#undef X
};

/* clang-format off */
const struct command_row command_rows[] = {
	{"", "", "", 0, 0, NEEDS_HOME,
	 "the desk: what waits for somebody, oldest first", NULL,
	 cmd_desk, {END}},
	{"init", "", "", 0, 0, NEEDS_NOTHING,
	 "make a home: database, key encryption key, local CA",
	 "An issuer.yaml that is in the folder already is used: the names of the local CA come from it.\n"
	 "Exits 1 when there is a home already. A home that a crash left half made is finished.",
	 cmd_init, {OPTION_REHEARSAL, END}},
	{"status", "", "", 0, 0, NEEDS_HOME,
	 "orders by state, duties past their time, who must act",
	 "Exits 3 when anything waits for a person.",
	 cmd_status, {END}},
	{"order", "create", "NAME...", 0, OPERANDS_MAX, NEEDS_HOME,
	 "place an order; prints what to publish and where",
	 "Names may be given in Unicode; IPv4 and IPv6 addresses are names too.\n"
	 "With --csr and no name, the names are those of the request.\n"
	 "Exits 0 though gates are shut; with --wait as order validate --wait does.",
	 cmd_order_create,
	 {OPTION_PRODUCT, OPTION_APPLICANT, OPTION_CSR, OPTION_KEY_TYPE, OPTION_METHOD, OPTION_FOLLOW_ALIASES, OPTION_REFERENCE,
	  OPTION_WAIT, OPTION_TIMEOUT, OPTION_REQUEST_ID, END}},
	{"order", "validate", "N", 1, 1, NEEDS_HOME,
	 "run the order's checks now",
	 "Without --wait it ends when this attempt ends, or at once with exit 4 when another process drives\n"
	 "the home (which then does it). Exits 0 when every control and caa gate is open, 1 when one is refused,\n"
	 "3 when a person must act, 4 when it will be tried again.",
	 cmd_order_validate, {OPTION_NAME, OPTION_WAIT, OPTION_TIMEOUT, END}},
	{"order", "csr", "N", 1, 1, NEEDS_HOME,
	 "give or replace the certification request, until submission",
	 "The names must equal those ordered. Control that was shown stays shown; a key that the engine made\n"
	 "for the order is not used any more.",
	 cmd_order_csr, {OPTION_FILE, OPTION_GENERATE, OPTION_KEY_TYPE, OPTION_REQUEST_ID, END}},
	{"order", "list", "", 0, 0, NEEDS_HOME,
	 "orders, one a line", NULL,
	 cmd_order_list, {OPTION_STATE, OPTION_AFTER, OPTION_LIMIT, END}},
	{"order", "show", "N", 1, 1, NEEDS_HOME,
	 "all of one order", NULL,
	 cmd_order_show, {END}},
	{"order", "explain", "N", 1, 1, NEEDS_HOME,
	 "why the order is where it is, and whose turn it is", NULL,
	 cmd_order_explain, {END}},
	{"order", "history", "N", 1, 1, NEEDS_HOME,
	 "what happened to the order, from the journal", NULL,
	 cmd_order_history, {END}},
	{"order", "cancel", "N", 1, 1, NEEDS_HOME,
	 "end an order that was not submitted", NULL,
	 cmd_order_cancel, {OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"order", "release", "N", 1, 1, NEEDS_HOME,
	 "lift the no of a domain contact that holds a name",
	 "The name's gate opens by what others said, or asks on. Other orders of the applicant that the same no\n"
	 "held are freed too.",
	 cmd_order_release, {OPTION_NAME, OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"validation", "answer", "VALUE...", 1, OPERANDS_MAX, NEEDS_HOME,
	 "enter an answer that was read out on the phone or sent back by mail",
	 "VALUE is that of the mail, in any case, with or without spaces and hyphens; - reads it from standard\n"
	 "input, so that it does not stand in the shell's history. It answers once.",
	 cmd_validation_answer, {OPTION_SAID, OPTION_SCOPE, OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"validation", "give-up", "N", 1, 1, NEEDS_HOME,
	 "declare that nobody asked for order N will answer: fallbacks are free at once",
	 "For all names, or those of --name or --method. An answer that comes later still counts.",
	 cmd_validation_give_up, {OPTION_NAME, OPTION_METHOD, OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"validation", "switch", "N", 1, 1, NEEDS_HOME,
	 "show control of order N's names by another method, of another domain, or ask other addresses",
	 "For all names that are not shown yet, or the one of --name. What was open by the way before counts no\n"
	 "more, unless other names wait for it; a method that failed asks anew.",
	 cmd_validation_switch, {OPTION_NAME, OPTION_METHOD, OPTION_SCOPE, OPTION_ADDRESS, OPTION_REASON,
	  OPTION_REQUEST_ID, END}},
	{"validation", "reuse", "N", 1, 1, NEEDS_HOME,
	 "use an earlier result for a name of order N that waits for this choice",
	 NULL,
	 cmd_validation_reuse, {OPTION_NAME, OPTION_REFUSE, OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"validation", "list", "", 0, 0, NEEDS_HOME,
	 "results, and until when each can be used under each pack of rules",
	 "With --name those of the name and of names above it.",
	 cmd_validation_list, {OPTION_NAME, OPTION_APPLICANT, OPTION_AFTER, OPTION_LIMIT, END}},
	{"validation", "show", "N", 1, 1, NEEDS_HOME,
	 "one result, and the certificates issued on it", NULL,
	 cmd_validation_show, {END}},
	{"validation", "withdraw", "N", 1, 1, NEEDS_HOME,
	 "have a result count no more",
	 "Orders that wait are decided again. Certificates issued on it are named, and stay as they are.",
	 cmd_validation_withdraw, {OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"run", "", "", 0, 0, NEEDS_HOME,
	 "do everything that is due (for cron)",
	 "Exits 0 when all due work was processed, whatever its results, and when another process drives the\n"
	 "home. Silent off a terminal unless work failed. After kill -9, run it again.",
	 cmd_run, {END}},
	{"serve", "", "", 0, 0, NEEDS_HOME,
	 "do what is due as it becomes due, and serve the page on which people answer",
	 "Prints one line once it drives the home and listens as issuer.yaml says under answers (with --json the\n"
	 "address as listen), then one line a request on standard error. Exits 4 when another process drives the\n"
	 "home. Ends on SIGTERM or SIGINT with 0, when what was asked is answered and mails under way are sent.\n"
	 "A changed issuer.yaml counts when it is started again.",
	 cmd_serve, {END}},
	{"certificate", "list", "", 0, 0, NEEDS_HOME,
	 "certificates, one a line", NULL,
	 cmd_certificate_list, {OPTION_AFTER, OPTION_LIMIT, END}},
	{"certificate", "show", "N", 1, 1, NEEDS_HOME,
	 "one certificate: c-N, or o-N for an order's", NULL,
	 cmd_certificate_show, {END}},
	{"certificate", "download", "N", 1, 1, NEEDS_HOME,
	 "print a certificate: c-N, or o-N for an order's",
	 "With --json the PEM texts are members of one object.",
	 cmd_certificate_download, {OPTION_FORMAT, OPTION_WITH_KEY, END}},
	{"audit", "verify", "", 0, 0, NEEDS_HOME,
	 "check the journal's chain, and every state against it",
	 "Prints the head, SEQ:HASH. Note it elsewhere and give it as --head later.",
	 cmd_audit_verify, {OPTION_HEAD, END}},
	{"evidence", "show", "N", 1, 1, NEEDS_HOME,
	 "print evidence e-N as it was kept", NULL,
	 cmd_evidence_show, {END}},
	{"evidence", "verify", "[N]", 0, 1, NEEDS_HOME,
	 "decide again, offline, from the bytes kept: all evidence, or e-N", NULL,
	 cmd_evidence_verify, {END}},
	{"call", "list", "", 0, 0, NEEDS_HOME,
	 "the numbers to be called: whom, who published it, what for, the time, what it waits for",
	 "waits_for says what is missing: agreement (on a time), time (that it comes), call, or value (left on\n"
	 "voicemail, it has to come back). --due leaves out what no officer can do now.",
	 cmd_call_list, {OPTION_DUE, OPTION_AFTER, OPTION_LIMIT, END}},
	{"call", "show", "N", 1, 1, NEEDS_HOME,
	 "all of one call t-N but its random value", NULL,
	 cmd_call_show, {END}},
	{"call", "script", "N", 1, 1, NEEDS_HOME,
	 "the words to read on the telephone, with the random value",
	 "The value is shown here and nowhere else.",
	 cmd_call_script, {OPTION_LANGUAGE, END}},
	{"call", "create", "N", 1, 1, NEEDS_HOME,
	 "have the organisation of order o-N called, where its product wants that",
	 "Who may answer is a rule of the pack by the applicant's type; where it says nothing, decide with\n"
	 "--entitled and --reason. A call that stands is replaced. Calls about domains make themselves.",
	 cmd_call_create, {OPTION_NUMBER, OPTION_SOURCE, OPTION_PERSON, OPTION_AT, OPTION_UNLISTED, OPTION_ENTITLED,
	  OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"call", "propose", "N", 1, 1, NEEDS_HOME,
	 "propose a time for call t-N", NULL,
	 cmd_call_propose, {OPTION_AT, OPTION_REQUEST_ID, END}},
	{"call", "agree", "N", 1, 1, NEEDS_HOME,
	 "the time of call t-N was agreed: the one given, or the one proposed", NULL,
	 cmd_call_agree, {OPTION_AT, OPTION_REQUEST_ID, END}},
	{"call", "record", "N", 1, 1, NEEDS_HOME,
	 "what came of call t-N, as evidence",
	 "With --value the random value as it was read back, or - for one line of standard input; needed once it\n"
	 "was left on voicemail. --at when the call was made, if not now. Outcomes are confirmed, refused,\n"
	 "wrong-number, no-answer, busy, voicemail-left and transferred. Exits 0 when the person said yes and may;\n"
	 "1 when the answer is no or the number wrong, and, of calls to an organisation, when the callee may not\n"
	 "answer (callee-not-entitled) or the time was not agreed (call-not-scheduled): kept all the same, but it\n"
	 "does not count; 3 when it has to be made again, or the value to come back. Whether calls about a domain\n"
	 "are held to an agreed time is for the pack to say.",
	 cmd_call_record, {OPTION_OUTCOME, OPTION_CALLEE, OPTION_ROLE, OPTION_VALUE, OPTION_ALSO, OPTION_AT,
	  OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"caa", "check", "NAME", 1, 1, NEEDS_NOTHING,
	 "look CAA up and explain whether a CA may issue for the name",
	 "Prints the climb, the records that decided, how far the answers are proven (DNSSEC), and what the\n"
	 "owner of the name would have to change. *.NAME asks for a wildcard certificate. Exits 0 when issuing\n"
	 "is permitted, 1 when it is forbidden, 4 when it could not be looked up. Needs no home.",
	 cmd_caa_check, {OPTION_CA, OPTION_CA_DOMAIN, OPTION_ACCOUNT_URI, OPTION_VALIDATION_METHOD, OPTION_SERVER,
	  OPTION_TRUST_ANCHOR, OPTION_AT, END}},
	{"dns", "lookup", "NAME TYPE", 2, 2, NEEDS_NOTHING,
	 "ask the DNS and check the signatures (DNSSEC)",
	 "Prints rcode, security (secure, insecure, indeterminate or bogus) with its reason, and the records.\n"
	 "Exits 0 when there was an answer, even a bogus one, and 4 when none came. Needs no home; where the\n"
	 "home's dns.trust_anchors is none, it checks from the IANA root's keys all the same.",
	 cmd_dns_lookup, {OPTION_SERVER, OPTION_TRUST_ANCHOR, OPTION_AT, END}},
	{"contact", "show", "NAME", 1, 1, NEEDS_NOTHING,
	 "ask who may answer for a name: its registry, and the contacts in its DNS",
	 "Asks RDAP where IANA names a server, else WHOIS from IANA's server by its referrals, and looks up\n"
	 "CAA contactemail and contactphone, _validation-contactemail and _validation-contactphone. Prints each\n"
	 "contact with its role and who said so, then what each source said. Registrar and abuse contacts are\n"
	 "none. Exits 0 when somebody can be asked, 1 when nobody is published or the name is not registered,\n"
	 "4 when something could not be learnt now (too many queries, no answer), which never means that there\n"
	 "are no contacts. Stores nothing and needs no home; heeds the configuration of the one that is there.",
	 cmd_contact_show, {OPTION_SERVER, OPTION_TRUST_ANCHOR, OPTION_AT, END}},
	{"contact", "parse", "FILE", 1, 1, NEEDS_NOTHING,
	 "read the contacts of a name from a WHOIS or RDAP answer that was saved",
	 "Prints registrant, admin and tech with e-mail address and telephone number; registrar and abuse\n"
	 "contacts are none. Exits 1 when the answer is about another name (--name is needed) or says that\n"
	 "there is no such name, 4 when it says that too much was asked. Needs no home.",
	 cmd_contact_parse, {OPTION_NAME, OPTION_FORMAT, END}},
	{"mail", "list", "[ORDER]", 0, 1, NEEDS_HOME,
	 "mails that ask people, one a line: did it go, to whom, did it bounce",
	 "With a number, those of an order. Each is open, answered (yes, no, not-me) or void (withdrawn, or its\n"
	 "question was asked anew); and sending, sent, failed or bounced.",
	 cmd_mail_list, {OPTION_AFTER, OPTION_LIMIT, END}},
	{"mail", "show", "N", 1, 1, NEEDS_HOME,
	 "one mail m-N with every sending, and what it says",
	 "The random value is for the person asked alone: asterisks stand in its place.",
	 cmd_mail_show, {END}},
	{"mail", "preview", "N", 1, 1, NEEDS_HOME,
	 "the mails of an order as they would be written now, and to whom",
	 "Whom to ask is what the last look-up found. Sends and keeps nothing.",
	 cmd_mail_preview, {END}},
	{"mail", "resend", "N", 1, 1, NEEDS_HOME,
	 "send mail m-N once more: the same bytes to the same address",
	 "Exits 1 when it was answered, is too old or could not be delivered, 4 while it is still being sent.",
	 cmd_mail_resend, {OPTION_REASON, OPTION_REQUEST_ID, END}},
	{"mail", "bounce", "[FILE...]", 0, OPERANDS_MAX, NEEDS_HOME,
	 "read a report that a mail was not delivered (RFC 3464), from standard input or files",
	 "For the mail server to pipe into. Only a report of a failure for good, with the Message-ID of a mail\n"
	 "sent and the address it went to, marks the mail as not delivered; exits 0 whatever it was.",
	 cmd_mail_bounce, {END}},
	{"mail", "collect", "[FOLDER]", 0, 1, NEEDS_HOME,
	 "read the reports in a Maildir, or a folder with one file a mail",
	 "Without a folder, that of mail: bounces in issuer.yaml, which run and serve read too. What was read is moved to\n"
	 "cur, or to done in a folder that is no Maildir.",
	 cmd_mail_collect, {END}},
	{"perspective", "serve", "FILE", 1, 1, NEEDS_NOTHING,
	 "be another network perspective of a controller elsewhere (BR 3.2.2.9)",
	 "FILE is like a home's issuer.yaml, with the member perspective; paths in it are relative to its folder.\n"
	 "Answers checks by the Open MPIC API over TLS with client certificates, runs the same checks as the\n"
	 "controller, and stores nothing. Logs one line a request; ends on SIGTERM when the last check has ended.",
	 cmd_perspective_serve, {END}},
	{"workflow", "", "", 0, 0, NEEDS_NOTHING,
	 "the states of an order and its moves, from the tables",
	 "Render it with: issuer workflow --dot | dot -Tsvg",
	 cmd_workflow, {OPTION_DOT, END}},
	{"help", "", "", 0, 0, NEEDS_NOTHING,
	 "this list, or the manual", NULL,
	 cmd_help, {OPTION_MANUAL, END}},
};
/* clang-format on */
const size_t command_count = ARRAY_LENGTH(command_rows);
