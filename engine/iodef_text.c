/* The words of a report: see iodef_text.h. */
#include "engine/iodef_text.h"

#include "base/civil.h"
#include "base/mime.h"

#include <string.h>

enum { SHOWN_MAX = 700 };

static char shown(char c)
{
	return c >= 0x20 && c < 0x7f ? c : '?';
}

/* Fit for a line of a mail: printable ASCII, and short enough for one (RFC 5322 section 2.1.1). */
static void add_shown(struct buffer *out, const char *text)
{
	for (size_t i = 0; text[i] && i < SHOWN_MAX; i++)
		buffer_append_byte(out, (uint8_t)shown(text[i]));
}

static void add_xml(struct buffer *out, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} escapes[] = {
		{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};
	for (size_t i = 0; text[i] && i < SHOWN_MAX; i++) {
		const char *entity = NULL;
		for (size_t k = 0; k < sizeof(escapes) / sizeof(escapes[0]); k++)
			entity = escapes[k].c == text[i] ? escapes[k].entity : entity;
		if (entity)
			buffer_append_text(out, entity);
		else
			buffer_append_byte(out, (uint8_t)shown(text[i]));
	}
}

/* ---- for machines ---- */

static void add_element(struct buffer *out, const char *name, const char *attributes,
			const char *text)
{
	buffer_printf(out, "<%s%s>", name, attributes);
	add_xml(out, text);
	buffer_printf(out, "</%s>\n", name);
}

/* RFC 7970 section 3.2: the order of the elements is the schema's. */
static void add_incident(const struct iodef_facts *facts, struct buffer *out)
{
	char instant[INSTANT_TEXT];
	(void)instant_text(facts->at, instant);
	buffer_append_text(out, "<IODEF-Document version=\"2.00\" xml:lang=\"en\""
				" xmlns=\"urn:ietf:params:xml:ns:iodef-2.0\">\n"
				"<Incident purpose=\"reporting\" restriction=\"private\">\n"
				"<IncidentID name=\"");
	add_xml(out, strchr(facts->contact, '@') + 1);
	buffer_append_text(out, "\">");
	add_xml(out, facts->id);
	buffer_append_text(out, "</IncidentID>\n");
	add_element(out, "DetectTime", "", instant);
	add_element(out, "GenerationTime", "", instant);
	buffer_append_text(out, "<Description>A certificate for ");
	add_xml(out, facts->name);
	buffer_append_text(out, " was not issued, because CAA (RFC 8659) does not permit it."
				"</Description>\n");
	add_element(out, "Description", "", facts->why);
	buffer_append_text(out, "<Contact type=\"organization\" role=\"creator\">\n");
	add_element(out, "ContactName", "", facts->issuer);
	buffer_append_text(out, "<Email>\n");
	add_element(out, "EmailTo", "", facts->contact);
	buffer_append_text(out, "</Email>\n</Contact>\n</Incident>\n</IODEF-Document>\n");
}

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

void iodef_document(const struct iodef_facts *facts, struct buffer *out)
{
	buffer_append_text(out, XML_DECLARATION);
	add_incident(facts, out);
}

/* RFC 6545 section 5: RIDPolicy says what the message is for, and holds the document. */
void iodef_message(const struct iodef_facts *facts, const char *host, struct buffer *out)
{
	buffer_append_text(out, XML_DECLARATION
			   "<iodef-rid:RID lang=\"en\""
			   " xmlns:iodef-rid=\"urn:ietf:params:xml:ns:iodef-rid-2.0\""
			   " xmlns:iodef=\"urn:ietf:params:xml:ns:iodef-1.42\">\n"
			   "<iodef-rid:RIDPolicy MsgType=\"Report\" MsgDestination=\"RIDSystem\">\n"
			   "<iodef-rid:PolicyRegion region=\"PeerToPeer\"/>\n"
			   "<iodef:Node>");
	add_element(out, "iodef:NodeName", "", host);
	buffer_append_text(out, "</iodef:Node>\n<iodef-rid:TrafficType type=\"Other\"/>\n"
				"<iodef:IncidentID name=\"");
	add_xml(out, strchr(facts->contact, '@') + 1);
	buffer_append_text(out, "\">");
	add_xml(out, facts->id);
	buffer_append_text(out, "</iodef:IncidentID>\n<iodef-rid:ReportSchema Version=\"1.0\">\n"
				"<iodef-rid:XMLDocument dtype=\"xml\" meaning=\"xml\">\n");
	add_incident(facts, out);
	buffer_append_text(out, "</iodef-rid:XMLDocument>\n</iodef-rid:ReportSchema>\n"
				"</iodef-rid:RIDPolicy>\n</iodef-rid:RID>\n");
}

/* ---- for people ---- */

static void add_line(struct buffer *out, const char *label, const char *text)
{
	buffer_append_text(out, label);
	add_shown(out, text);
	buffer_append_text(out, "\r\n");
}

static void add_head(const struct iodef_facts *facts, const char *from, const char *to,
		     struct buffer *out)
{
	add_line(out, "From: ", from);
	add_line(out, "To: ", to);
	buffer_append_text(out, "Subject: A certificate for ");
	add_shown(out, facts->name);
	buffer_append_text(out, " was not issued (CAA)\r\nDate: ");
	mime_append_date(out, facts->at);
	buffer_append_text(out, "\r\nMessage-ID: <");
	add_shown(out, facts->id);
	add_shown(out, strchr(from, '@'));
	buffer_append_text(out, ">\r\n"
				/* RFC 3834 section 5: no person wrote it, none should be told of an
				 * absence. */
				"Auto-Submitted: auto-generated\r\n"
				"MIME-Version: 1.0\r\n"
				"Content-Type: multipart/mixed; boundary=\"");
	add_shown(out, facts->id);
	buffer_append_text(out, "\"\r\n\r\n");
}

static void add_boundary(const struct iodef_facts *facts, const char *end, struct buffer *out)
{
	buffer_append_text(out, "--");
	add_shown(out, facts->id);
	buffer_append_text(out, end);
}

/* What the owner may do when the request was theirs. */
static void add_remedy(const struct iodef_facts *facts, struct buffer *out)
{
	if (facts->identifier_count == 0) {
		buffer_append_text(out, "If the request was yours, ask us what to do.\r\n\r\n");
		return;
	}
	buffer_append_text(out, "If the request was yours, this record permits it:\r\n\r\n    ");
	add_shown(out, facts->found);
	buffer_append_text(out, ". CAA 0 issue \"");
	add_shown(out, facts->identifiers[0]);
	buffer_append_text(out, "\"\r\n\r\n");
}

static void add_words(const struct iodef_facts *facts, struct buffer *out)
{
	char instant[INSTANT_TEXT];
	buffer_append_text(
		out, "Hello,\r\n\r\n"
		     "we were asked for a TLS certificate for a domain name of yours, and did "
		     "not\r\nissue it, because the CAA records in your DNS do not permit us "
		     "to.\r\n\r\n");
	add_line(out, "Name asked for:   ", facts->name);
	add_line(out, "Asked of:         ", facts->issuer);
	add_line(out, "When:             ", instant_text(facts->at, instant));
	add_line(out, "Records found at: ", facts->found);
	add_line(out, "What decided:     ", facts->why);
	buffer_append_text(out, "\r\nYou get this message because an \"iodef\" record there names "
				"this address\r\n(RFC 8659 section 4.4).\r\n\r\n");
	add_remedy(facts, out);
	buffer_append_text(out,
			   "If it was not, nothing has to be done: there is no certificate. You "
			   "may want\r\nto find out who asked.\r\n\r\n");
	add_line(out, "Questions: ", facts->contact);
	add_line(out, "Report:    ", facts->id);
	buffer_append_text(out, "\r\nThe same is attached for machines (IODEF, RFC 7970).\r\n");
}

/* RFC 8659 section 4.4: "The IODEF report is reported as a MIME email attachment to an SMTP email
 * that is submitted to the mail address specified.  The mail message sent SHOULD contain a brief
 * text message to alert the recipient to the nature of the attachment." */
void iodef_mail(const struct iodef_facts *facts, const char *from, const char *to,
		struct buffer *out)
{
	CLEANUP(buffer_release) struct buffer document;
	buffer_init(&document, IODEF_TEXT_MAX);
	iodef_document(facts, &document);
	add_head(facts, from, to, out);
	add_boundary(facts, "\r\n", out);
	buffer_append_text(out, "Content-Type: text/plain; charset=us-ascii\r\n\r\n");
	add_words(facts, out);
	add_boundary(facts, "\r\n", out);
	buffer_append_text(out, "Content-Type: application/xml\r\n"
				"Content-Transfer-Encoding: base64\r\n"
				"Content-Disposition: attachment; filename=\"iodef.xml\"\r\n\r\n");
	mime_append_base64(out, buffer_slice(&document));
	add_boundary(facts, "--\r\n", out);
}
