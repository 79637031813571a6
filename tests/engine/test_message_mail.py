#!/usr/bin/env python3
"""The mails that ask, read by Python's email package: exactly our headers, both parts, no
line that SMTP does not take, and the same bytes for the same facts.

    test_message_mail.py --composer BUILD/tests/engine/compose_mail
"""

import argparse
import email
import email.policy
import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as tree

FACTS = {
    "from": "ca@issuer.example", "from_name": "認証デスク「例」, Ltd.", "reply_to": "desk@issuer.example",
    "to": "hostmaster@example.jp",
    "message_id": "0123456789abcdef0123456789abcdef@issuer.example",
    "boundary": "0123456789abcdefghijklmnopqrstuv", "at": 1795762555000,
    "applicant": "株式会社例示 <b>&amp;</b>", "country": "JP", "product": "Certificate",
    "ca": "Example CA", "domain": "xn--r8jz45g.example.jp", "domain_display": "例え.example.jp",
    "names": ["www.例え.example.jp", "例え.example.jp"], "roles": "registrant tech",
    "source": "whois whois.example.jp", "value": "00112233445566778899aabbccddeeff",
    "url": "https://issuer.example/answer/00112233445566778899aabbccddeeff?a=1&b=2",
    "until_at": 1798354799999}
HEADERS = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
           "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type"]
HOSTILE = ["a\r\nBcc: b@example.com\r\n\r\nbody", "a\nBcc: b@example.com", "a\rBcc: x@example.com",
           "\r\n--0123456789abcdefghijklmnopqrstuv\r\nContent-Type: text/html\r\n\r\nx",
           "=?UTF-8?Q?=0D=0ABcc:_b@example.com?=", "\u202egro", "\u2066x\u2069", "a\u2028b\u0085c",
           "x" * 5000, "あ" * 5000, "\"><script>x</script>", "a, b: c; <d@e.example>"]
SHOWN = ["from_name", "applicant", "country", "product", "ca", "domain", "domain_display", "roles",
         "source"]


def compose(composer, all_facts):
    """The mails as bytes; None for those that are refused."""
    lines = "".join(json.dumps(facts) + "\n" for facts in all_facts)
    out = subprocess.run([composer], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    mails = []
    while out:
        first, out = out.split(b"\n", 1)
        length = 0 if first.startswith(b"-") else int(first)
        mails.append(out[:length] or None)
        out = out[length:]
    assert len(mails) == len(all_facts)
    return mails


def check_form(raw):
    """Reads a mail and holds it to what every mail has."""
    assert raw.isascii() and b"\0" not in raw
    lines = raw.split(b"\r\n")
    assert all(b"\r" not in line and b"\n" not in line and len(line) <= 998 for line in lines)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail.keys() == HEADERS, mail.keys()
    assert not mail.defects and mail.get_content_type() == "multipart/alternative"
    for name in HEADERS:
        assert not mail[name].defects, (name, mail[name].defects)
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part in parts:
        assert part.keys() == ["Content-Type", "Content-Transfer-Encoding"]
        assert not part.defects and part.get_content_charset() == "utf-8"
    for name in ("From", "To", "Reply-To"):
        assert len(mail[name].addresses) == 1, (name, mail[name])
    return mail, parts[0].get_content(), parts[1].get_content()


def test_plain(composer):
    raw, again = compose(composer, [FACTS, FACTS])
    assert raw == again
    mail, text, html = check_form(raw)
    assert mail["Subject"] == ("【ご確認のお願い】例え.example.jp (xn--r8jz45g.example.jp) の証明書発行への同意 / "
                               "Please confirm: certificate for 例え.example.jp "
                               "(xn--r8jz45g.example.jp)")
    assert mail["From"].addresses[0].display_name == FACTS["from_name"]
    assert mail["From"].addresses[0].addr_spec == FACTS["from"]
    assert mail["To"].addresses[0].addr_spec == FACTS["to"]
    assert mail["Date"].datetime.isoformat() == "2026-11-27T06:55:55+00:00"
    assert mail["Auto-Submitted"] == "auto-generated"
    for word in (FACTS["applicant"], FACTS["url"], FACTS["value"], "Choose Yes or No", "同意しない",
                 "27 December 2026, 15:59 (UTC+09:00)", "www.例え.example.jp"):
        assert word in text, word
    escaped = FACTS["url"].replace("&", "&amp;")
    assert f'<a href="{escaped}">{escaped}</a>' in html
    assert "株式会社例示 &lt;b&gt;&amp;amp;&lt;/b&gt;" in html
    assert set(re.findall(r"(?:src|href|action|background)=\"([^\"]*)\"", html)) == {escaped}
    assert not re.search(r"<(img|script|link|iframe|form|object)|url\(|@import", html, re.I)


def test_hostile(composer):
    all_facts = [dict(FACTS, names=[text], **{name: text for name in SHOWN}) for text in HOSTILE]
    for raw in compose(composer, all_facts):
        check_form(raw)
    headers = [dict(FACTS, **{name: text}) for text in HOSTILE
               for name in ("from", "to", "reply_to", "message_id", "boundary", "url")]
    taken = [facts for facts, raw in zip(headers, compose(composer, headers)) if raw]
    assert not taken, taken


def addresses(folder):
    for name in ("tests.xml", "tests-original.xml"):
        for test in tree.parse(folder / "email-isemail" / name).iter("test"):
            text = test.findtext("address") or ""
            yield re.sub("[\u2400-\u241f]", lambda match: chr(ord(match[0]) - 0x2400), text)


def test_corpus(composer):
    folder = os.environ.get("ISSUER_CORPORA")
    if not folder:
        print("corpus email-isemail: skipped, ISSUER_CORPORA is not set")
        return
    known = list(addresses(pathlib.Path(folder)))
    all_facts = [dict(FACTS, **{"from": text, "to": text, "reply_to": text}) for text in known]
    written = 0
    for text, raw in zip(known, compose(composer, all_facts)):
        if not raw:
            continue
        mail, _, _ = check_form(raw)
        written += 1
        for name in ("From", "To", "Reply-To"):
            address = mail[name].addresses[0]
            assert address.domain == text.rsplit("@", 1)[1].lower(), (text, mail[name])
    print(f"{written} of {len(known)} addresses can be written to; in each mail they are one address")
    assert written > 50


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--composer", required=True)
    composer = parser.parse_args().composer
    for test in (test_plain, test_hostile, test_corpus):
        test(composer)
        print(f"{test.__name__}: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
