/*
 * The words of the answer page, in the languages that it speaks: one table, so that
 * nothing is said in one of them only. "{}" in a word stands for what the page puts
 * in.
 */
#ifndef ISSUER_GATEWAY_ANSWER_TEXT_H
#define ISSUER_GATEWAY_ANSWER_TEXT_H

#include "base/arena.h"
#include "policy/configuration.h"

/* clang-format off */
#define ANSWER_WORDS(X) \
	X(TITLE, "サーバー証明書についてのお尋ね", "A question about a server certificate") \
	X(LANGUAGES, "言語", "Language") \
	/* the question */ \
	X(ASK, "{} の証明書の発行に同意しますか", "Do you agree to a certificate for {}?") \
	X(WHY_YOU, "下の申請者から、このドメイン名のサーバー証明書の申し込みがありました。このドメイン名の連絡先として、あなたのお答えを求めています。", \
	  "The applicant below has asked for a server certificate for this domain name. You are asked because you are a contact of the domain name.") \
	X(REQUEST, "申し込みの内容", "The request") \
	X(APPLICANT, "申請者", "Who asks") \
	X(PRODUCT, "証明書の種類", "For what certificate") \
	X(CA, "発行する認証局", "Who would issue it") \
	X(DOMAIN, "お尋ねするドメイン名", "Domain name you are asked about") \
	X(NAMES, "証明書に入る名前", "Names in the certificate") \
	X(RECIPIENT, "お尋ねしている宛先", "Address that is asked") \
	X(ROLES, "この宛先である理由", "Why this address") \
	X(SOURCE, "宛先の出どころ", "Where the address was found") \
	X(ASKED_AT, "お尋ねした日時", "Asked on") \
	X(UNTIL_AT, "お答えの期限", "Answer by") \
	X(MEANS, "同意するとどうなるか", "What your yes means") \
	X(MEANS_SHOWN, "サーバー証明書は、ウェブサイトなどがその名前の本物であることを、見る人のブラウザーに示すものです。同意すると、申請者はその証明書を受け取り、その名前のサイトとして振る舞えるようになります。", \
	  "A server certificate shows browsers that a site is the real one of its name. If you say yes, the applicant can have that certificate, and be that site.") \
	X(MEANS_LATER, "同意は、決められた期間、同じ申請者の次の申し込みにも使われることがあります。", \
	  "For as long as the rules allow, your yes may also count for later orders of the same applicant.") \
	X(UNSURE, "心当たりがないとき", "If you do not know of this") \
	X(UNSURE_HOW, "申請者や申し込みに心当たりがなければ、同意しないでください。社内の担当者や、サイトの制作や運用を任せている会社に確かめるか、「同意しない」を選んでください。何もしなければ、期限が過ぎたときにこのお尋ねは無効になります。", \
	  "If you know neither the applicant nor the request, do not say yes. Ask a colleague, or the company that looks after your site, or say no. If you do nothing, this question lapses when its time is over.") \
	X(ANSWER, "お答え", "Your answer") \
	X(SCOPE, "同意する範囲", "What your yes is for") \
	X(SCOPE_DOMAIN, "{} の全体（その下のすべての名前を含みます）", "All of {}, with every name below it") \
	X(SCOPE_NAMES, "次の名前だけ： {}", "Only: {}") \
	X(SCOPE_LISTED, "上に並んだ名前だけ", "Only the names listed above") \
	X(SCOPE_FIXED, "同意は、{} とその下の名前に及びます。", "Your yes is for {}, with the names below it.") \
	X(READ, "上の内容を読みました。自分の判断で答えます。", "I have read the above, and the answer is my own.") \
	X(YES, "同意する", "Yes, I agree") \
	X(YES_HELP, "申請者が上の名前の証明書を受け取ることを認めます。", "The applicant may have the certificate.") \
	X(NO, "同意しない", "No, I do not agree") \
	X(NO_HELP, "申し込みを断ります。ほかの連絡先が同意しても、発行は止まります。", "The request is refused, and held even if another contact agrees.") \
	X(NOT_ME, "担当ではない", "This is not for me") \
	X(NOT_ME_HELP, "この宛先は、このドメイン名の連絡先ではありません。申し込みは断られず、この宛先のお答えだけが数えられなくなります。", \
	  "This address does not speak for the domain name. The request is not refused; answers from this address just do not count.") \
	/* said above the question, when an answer was not taken */ \
	X(STALE, "お答えはまだ記録されていません。画面を開いてから時間がたったか、ほかの画面で開き直されたか、申し込みの内容が変わりました。もう一度お読みになってから、お答えください。", \
	  "Nothing was recorded yet. This page was open too long, was opened again elsewhere, or the request has changed. Please read it again, then answer.") \
	X(UNREAD, "お答えはまだ記録されていません。「上の内容を読みました」に印を付けてから、ボタンを押してください。", \
	  "Nothing was recorded yet. Please tick “I have read the above”, then press a button.") \
	/* the other pages: a heading and what to do */ \
	X(SAID, "お答えを受け付けました", "Your answer is recorded") \
	X(SAID_WHAT, "お答え", "Answer") \
	X(SAID_AT, "受け付けた日時", "Recorded on") \
	X(SAID_NEXT, "ほかになさることはありません。この画面は閉じてかまいません。", "There is nothing else to do. You may close this page.") \
	X(SAID_WRONG, "答え間違えたとき、答えた覚えがないときは、すぐにメールの差出人にお知らせください。", \
	  "If it was a mistake, or if it was not you who answered, tell the sender of the mail at once.") \
	X(LATE, "お答えの期限が過ぎました", "The time to answer is over") \
	X(LATE_NEXT, "このリンクではもうお答えいただけません。必要なときは、新しいメールでお尋ねします。", \
	  "This link cannot be answered any more. If it is still needed, you will be asked by a new mail.") \
	X(VOID, "このお尋ねは取り下げられました", "This question was withdrawn") \
	X(VOID_NEXT, "お答えいただく必要はありません。", "No answer is needed.") \
	X(ABSENT, "ページがありません", "There is no such page") \
	X(ABSENT_NEXT, "メールのリンクが途中で切れていないか確かめて、全体を開いてください。", "Check that the link is whole, as it stands in the mail, and open all of it.") \
	X(OFTEN, "しばらくお待ちください", "Please wait a moment") \
	X(OFTEN_NEXT, "お答えは記録されていません。少し待ってから、もう一度お試しください。", "Nothing was recorded. Please try again a little later.") \
	X(BROKEN, "今はお答えを受け付けられません", "Your answer cannot be taken now") \
	X(BROKEN_NEXT, "お答えは記録されていません。少し待ってから、もう一度お試しください。", "Nothing was recorded. Please try again a little later.") \
	X(METHOD, "この操作はできません", "This cannot be done here") \
	X(METHOD_NEXT, "メールのリンクから開き直してください。", "Please open the link in the mail again.") \
	/* why an address is asked: the words of validators/recipient.h */ \
	X(ROLE_REGISTRANT, "ドメイン名の登録者", "registrant of the domain name") \
	X(ROLE_ADMIN, "ドメイン名の登録担当者", "administrative contact of the domain name") \
	X(ROLE_TECH, "ドメイン名の技術連絡担当者", "technical contact of the domain name") \
	X(ROLE_CONSTRUCTED, "管理者の決まった宛先", "one of the usual addresses of an administrator") \
	X(ROLE_CAA, "DNS の CAA レコードにある連絡先", "contact in the CAA records of the domain name") \
	X(ROLE_TXT, "DNS の TXT レコードにある連絡先", "contact in the TXT records of the domain name") \
	/* dates: year, month, day, hour, minute; zones */ \
	X(ZONE_JAPAN, "日本時間", "UTC+09:00") \
	X(AND, "、", ", ")
/* clang-format on */

#define X(name, ja, en) WORD_##name,
enum answer_word { ANSWER_WORDS(X) ANSWER_WORD_COUNT };
#undef X

/* Static storage, UTF-8. */
const char *answer_word(enum answer_word word, enum language language);

/* "ja", "en"; as in the attribute lang and in ?lang=. */
const char *language_tag(enum language language);
/* What the language calls itself. */
const char *language_name(enum language language);
/* By its tag; fallback for another tag, or NULL. */
enum language language_of_tag(const char *tag, enum language fallback);
/* The one that the reader likes best by an Accept-Language header (RFC 9110 section 12.5.4); NULL,
 * or none of ours: fallback. */
enum language language_of_header(const char *header, enum language fallback);

/* A date and a time of day for people; in the arena. */
const char *answer_time(int64_t at_ms, int zone_s, enum language language, struct arena *arena);
/* The words for "registrant admin", parted for reading; a word that is not known stays. */
const char *answer_roles(const char *roles, enum language language, struct arena *arena);

#endif
