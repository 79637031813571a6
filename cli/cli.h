/*
 * The command line as tables: commands, the options they take, and one context
 * that a command's function reads. Output is one JSON object or text made from
 * the same object.
 */
#ifndef ISSUER_CLI_CLI_H
#define ISSUER_CLI_CLI_H

#include "base/json.h"
#include "engine/engine.h"
#include "engine/home.h"
#include "net/loop.h"

#include <stdbool.h>
#include <stdio.h>

/* clang-format off */
/*  id            name            value      help */
#define OPTIONS(X) \
	X(HOME,       "--home",       "DIR",     "the home; default $ISSUER_HOME, else ~/.local/share/issuer") \
	X(JSON,       "--json",       NULL,      "print exactly one JSON object, on refusal a problem document (RFC 9457)") \
	X(NOW,        "--now",        "TIME",    "set the clock of a rehearsal home (RFC 3339 or a date; later only)") \
	X(HELP,       "--help",       NULL,      "print this help") \
	X(VERSION,    "--version",    NULL,      "print the version of the program") \
	X(REQUEST_ID, "--request-id", "ID",      "do it once: the same id and arguments give the same reply again") \
	X(REHEARSAL,  "--rehearsal",  NULL,      "a home whose clock can be set with --now") \
	X(PRODUCT,    "--product",    "P",       "the product; default local-dv") \
	X(APPLICANT,  "--applicant",  "FILE|REF", "whose certificate: a reference known, or a YAML file (reference, name, type, country, account_uri, account_key); default self") \
	X(CSR,        "--csr",        "FILE",    "the certification request, PEM or DER; without it the engine makes key and request") \
	X(KEY_TYPE,   "--key-type",   "T",       "ec-p256, ec-p384, rsa-2048, rsa-3072 or rsa-4096") \
	X(METHOD,     "--method",     "M",       "how control of the names is shown; default the product's first") \
	X(REFERENCE,  "--reference",  "R",       "your own word for the order, unique for ever: the same content gives the same order") \
	X(WAIT,       "--wait",       NULL,      "wait until the gates are open") \
	X(TIMEOUT,    "--timeout",    "SECONDS", "with --wait: give up after; default from the rules") \
	X(NAME,       "--name",       "NAME",    "the name meant: only its checks; the name that an answer is about") \
	X(FILE,       "--file",       "FILE",    "the certification request, PEM or DER") \
	X(GENERATE,   "--generate",   NULL,      "have the engine make a new key and request") \
	X(STATE,      "--state",      "STATE",   "only orders in this state") \
	X(AFTER,      "--after",      "N",       "only numbers above N") \
	X(LIMIT,      "--limit",      "COUNT",   "at most COUNT lines (1 to 1000); default 100") \
	X(REASON,     "--reason",     "TEXT",    "why, for the journal") \
	X(FORMAT,     "--format",     "FORMAT",  "certificates: pem, chain (with the issuing certificate) or der; contacts: whois or rdap") \
	X(WITH_KEY,   "--with-key",   NULL,      "also print the private key that the engine made, unencrypted") \
	X(HEAD,       "--head",       "SEQ:HASH", "a head noted earlier: a journal that was cut is found out") \
	X(DOT,        "--dot",        NULL,      "as a Graphviz graph") \
	X(MANUAL,     "--manual",     NULL,      "the whole manual as Markdown") \
	X(SERVER,     "--server",     "ADDR:PORT", "the DNS server to ask; default those of the home, else the system's") \
	X(TRUST_ANCHOR, "--trust-anchor", "FILE", "DS and DNSKEY records to trust; default those of the home, else the IANA root's") \
	X(AT,         "--at",         "TIME",    "a time (RFC 3339 or a date): of a call, or at which signatures must be valid (these: default now)") \
	X(FOLLOW_ALIASES, "--follow-aliases", NULL, "control may also be shown of the name that an ordered name is an alias of (CNAME)") \
	X(CA,         "--ca",         "ID",      "the CA meant, a row of the catalogue; default local") \
	X(CA_DOMAIN,  "--ca-domain",  "D",       "the issuer domain name that CAA records would name") \
	X(ACCOUNT_URI, "--account-uri", "U",     "the account that asks (accounturi, RFC 8657)") \
	X(VALIDATION_METHOD, "--validation-method", "M", "how control is shown: a method, or what CAA calls it (RFC 8657)") \
	X(SAID,       "--said",       "WORD",    "what the person said: yes, no or not-me; default yes") \
	X(SCOPE,      "--scope",      "SCOPE",   "answer: for the domain asked about (default) or for the names alone; switch: base, name, or the domain itself") \
	X(ADDRESS,    "--address",    "A",       "ask this address alone; may be given several times") \
	X(REFUSE,     "--refuse",     NULL,      "do not use the earlier result: have control shown anew") \
	X(DUE,        "--due",        NULL,      "only what an officer can do now") \
	X(LANGUAGE,   "--language",   "LANGUAGE", "ja or en; default ja") \
	X(NUMBER,     "--number",     "NUMBER",  "a telephone number, international or as in the applicant's country") \
	X(SOURCE,     "--source",     "TEXT",    "who published the number, and where") \
	X(PERSON,     "--person",     "NAME",    "whom to ask for") \
	X(UNLISTED,   "--unlisted",   NULL,      "the applicant is a company whose shares are not listed") \
	X(ENTITLED,   "--entitled",   "ROLE,...", "who may answer, where no rule says it; with --reason") \
	X(OUTCOME,    "--outcome",    "OUTCOME", "confirmed, refused, wrong-number, no-answer, busy, voicemail-left or transferred") \
	X(CALLEE,     "--callee",     "NAME",    "who took the call") \
	X(ROLE,       "--role",       "ROLE",    "as what: representative, registrant ...") \
	X(VALUE,      "--value",      "VALUE",   "the random value as it was read back; - reads it from standard input") \
	X(ALSO,       "--also",       "t-N:yes|no,...", "other calls to the same number, answered in the same call")
/* clang-format on */

#define X(id, name, value, help) OPTION_##id,
enum option { OPTIONS(X) OPTION_COUNT };
#undef X
/* Options below are taken by every command: the first of the list. */
enum { OPTION_GLOBAL_END = OPTION_VERSION + 1 };

struct option_row {
	const char *name;
	const char *value; /* what stands for its value in help; NULL: a flag */
	const char *help;
};
extern const struct option_row option_rows[OPTION_COUNT];

enum { COMMAND_OPTIONS_MAX = 12, OPERANDS_MAX = 256 };

/* What a command needs before it runs. */
enum command_needs { NEEDS_NOTHING, NEEDS_HOME };

struct cli;

struct command_row {
	const char *noun;     /* "order"; "" for the desk */
	const char *verb;     /* "create"; "" when the noun stands alone */
	const char *operands; /* as help shows them */
	size_t operands_min;
	size_t operands_max;
	enum command_needs needs;
	const char *summary;
	const char *details; /* more lines for the manual; may be NULL */
	enum status (*run)(struct cli *cli);
	int options[COMMAND_OPTIONS_MAX]; /* besides the global ones; ends with OPTION_COUNT */
};
extern const struct command_row command_rows[];
extern const size_t command_count;

/* One run of the program. */
struct cli {
	const struct command_row *command;
	/* "" for a flag that was given; NULL: not given. One that may be given several times: its
	 * values, one a line. */
	const char *values[OPTION_COUNT];
	const char *operands[OPERANDS_MAX];
	size_t operand_count;
	struct loop *loop;
	struct engine *engine;
	struct arena arena;
	struct error error;
	enum exit_status exit; /* of a command that succeeded */
};

/* Whether an option was given. */
bool cli_has(const struct cli *cli, enum option option);

/* ---- options.c ---- */

/* Fills command, values and operands; USAGE. With --version there is no command. */
STATUS cli_parse(struct cli *cli, int argc, char **argv);
/* "o-12" or "12" of the noun "o"; USAGE. */
STATUS cli_number(struct cli *cli, const char *noun, const char *text, int64_t *ret);
/* A name as typed, in A-labels and with "*."; lives in the arena. NULL when the option was not
 * given. */
STATUS cli_name(struct cli *cli, enum option option, const char **ret);
/* A whole number between least and most; USAGE naming the option. */
STATUS cli_integer(struct cli *cli, enum option option, int64_t least, int64_t most, int64_t *ret);
/* One line of standard input, without its end, into text[most + 1]; no message names it. USAGE when
 * there is none, or a longer one. */
STATUS cli_read_line(struct cli *cli, char *text, size_t most);
/* Over command, operands, options (but --home, --json, --now, --request-id) and the bytes of the
 * request file. */
struct digest cli_arguments(const struct cli *cli, struct slice file);
/* The bytes of a file given as an option; INPUT. */
STATUS cli_read_file(struct cli *cli, enum option option, struct buffer *out);

/* ---- output.c ---- */

/* Prints the object: as JSON, or by text. Owns object. */
STATUS cli_reply(struct cli *cli, json_t *object, void (*text)(FILE *out, const json_t *object));
/* Prints an error: a problem document, or a sentence on standard error. */
void cli_complain(const struct cli *cli);
/* Bytes as they are on standard output (certificates). */
STATUS cli_write(struct cli *cli, struct slice bytes);

/* ---- help.c ---- */

void help_program(FILE *out);
void help_command(FILE *out, const struct command_row *command);
void help_manual(FILE *out);

/* ---- print.c: text from the objects of engine/view.h ---- */

void print_order(FILE *out, const json_t *order);
void print_explain(FILE *out, const json_t *order);
void print_history(FILE *out, const json_t *history);
void print_orders(FILE *out, const json_t *page);
void print_certificate(FILE *out, const json_t *certificate);
void print_certificates(FILE *out, const json_t *page);
void print_validation(FILE *out, const json_t *validation);
void print_validations(FILE *out, const json_t *page);
void print_status(FILE *out, const json_t *status);
void print_desk(FILE *out, const json_t *status);
/* One line for a gate: state, whose turn, until. */
void print_gate(FILE *out, const json_t *gate);

/* ---- the commands ---- */

STATUS cmd_desk(struct cli *cli);
STATUS cmd_status(struct cli *cli);
STATUS cmd_init(struct cli *cli);
STATUS cmd_run(struct cli *cli);
STATUS cmd_serve(struct cli *cli);
STATUS cmd_help(struct cli *cli);
STATUS cmd_workflow(struct cli *cli);
STATUS cmd_order_create(struct cli *cli);
STATUS cmd_order_validate(struct cli *cli);
STATUS cmd_order_csr(struct cli *cli);
STATUS cmd_order_cancel(struct cli *cli);
STATUS cmd_order_list(struct cli *cli);
STATUS cmd_order_show(struct cli *cli);
STATUS cmd_order_explain(struct cli *cli);
STATUS cmd_order_history(struct cli *cli);
STATUS cmd_certificate_list(struct cli *cli);
STATUS cmd_certificate_show(struct cli *cli);
STATUS cmd_certificate_download(struct cli *cli);
STATUS cmd_audit_verify(struct cli *cli);
STATUS cmd_call_list(struct cli *cli);
STATUS cmd_call_show(struct cli *cli);
STATUS cmd_call_script(struct cli *cli);
STATUS cmd_call_create(struct cli *cli);
STATUS cmd_call_propose(struct cli *cli);
STATUS cmd_call_agree(struct cli *cli);
STATUS cmd_call_record(struct cli *cli);
STATUS cmd_contact_parse(struct cli *cli);
STATUS cmd_contact_show(struct cli *cli);
STATUS cmd_mail_list(struct cli *cli);
STATUS cmd_mail_show(struct cli *cli);
STATUS cmd_mail_preview(struct cli *cli);
STATUS cmd_mail_resend(struct cli *cli);
STATUS cmd_mail_bounce(struct cli *cli);
STATUS cmd_mail_collect(struct cli *cli);
STATUS cmd_evidence_show(struct cli *cli);
STATUS cmd_evidence_verify(struct cli *cli);
STATUS cmd_caa_check(struct cli *cli);
STATUS cmd_dns_lookup(struct cli *cli);
STATUS cmd_perspective_serve(struct cli *cli);
STATUS cmd_order_release(struct cli *cli);
STATUS cmd_validation_answer(struct cli *cli);
STATUS cmd_validation_give_up(struct cli *cli);
STATUS cmd_validation_list(struct cli *cli);
STATUS cmd_validation_reuse(struct cli *cli);
STATUS cmd_validation_show(struct cli *cli);
STATUS cmd_validation_switch(struct cli *cli);
STATUS cmd_validation_withdraw(struct cli *cli);

/* cmd_mail.c: reads the reports in the folder that issuer.yaml names, if any. What cannot be read
 * is told on standard error. */
STATUS cli_collect_bounces(struct cli *cli);

/* main.c: makes or opens the home of this run. */
STATUS cli_home_params(struct cli *cli, struct home_params *ret);
/* main.c: registries are asked as mannerly as if all runs over the home were one (net/courtesy.h).
 */
void cli_share_manners(struct cli *cli, const char *home);

#endif
