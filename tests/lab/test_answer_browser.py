"""The answer page as people see it, hear it and use it: headless Chromium with a
link from a real mail that a real SMTP server took. Scripts are off throughout.

Each page is held to facts of its layout (nothing wider than the narrowest phone,
contrast, names that a screen reader tells) and to a picture in pictures/. A picture
is compared coarsely, as blocks of grey: that finds a part that is missing, moved,
unstyled or of another colour, and not a changed word or letter form; words are
compared as text. ISSUER_PICTURES=write makes the pictures anew.
"""

import json
import os
import pathlib
import re

import pytest
from PIL import Image, ImageChops, ImageStat

from browser import DESKTOP, NARROW, PHONE, Browser
from people import People
from serving import HOST, PAGE, Serve, asked_home
from lab import free_port
from test_answer_page import answers_kept, states

PICTURES = pathlib.Path(__file__).resolve().parent / "pictures"
ASKED, LATE = "2027-03-01T01:00:00Z", "2027-05-01T01:00:00Z"
APPLICANT = """\
reference: kabu-1
name: 例示株式会社 & Söhne <test>
type: registered_corporation
country: JP
"""

WORDS = {
    "ja": {"read": "上の内容を読みました。自分の判断で答えます。", "yes": "同意する",
           "no": "同意しない", "not-me": "担当ではない", "recorded": "お答えを受け付けました",
           "domain": "example.com の全体（その下のすべての名前を含みます）",
           "names": "次の名前だけ： www.example.com", "late": "お答えの期限が過ぎました",
           "absent": "ページがありません",
           "void": "このお尋ねは取り下げられました", "stale": "お答えはまだ記録されていません。"},
    "en": {"read": "I have read the above, and the answer is my own.", "yes": "Yes, I agree",
           "no": "No, I do not agree", "not-me": "This is not for me",
           "recorded": "Your answer is recorded",
           "domain": "All of example.com, with every name below it",
           "names": "Only: www.example.com", "late": "The time to answer is over",
           "absent": "There is no such page", "void": "This question was withdrawn", "stale": "Nothing was recorded yet."},
}


class Desk:
    """A browser, and a home whose five questions it may answer."""

    def __init__(self, people, browser, port):
        (people.folder / "applicant.yaml").write_text(APPLICANT)
        self.browser = browser
        self.home, self.order, self.mails = asked_home(
            people, "www.example.com", answers=PAGE.replace("{port}", str(port)),
            options=["--rehearsal"],
            create=["--applicant", people.folder / "applicant.yaml", "--now", ASKED])

    def url(self, number, query=""):
        """The link as it stands in the mail, for whoever clicks on it."""
        [link] = set(re.findall(r'href="(https://[^"]+/answer/[^"]+)"', self.mails[number].html))
        return link + query

    def answer(self, number, language, said, scope=None):
        words = WORDS[language]
        self.browser.open(self.url(number, f"?lang={language}"))
        if scope:
            self.browser.tick(words[scope])
        self.browser.tick(words["read"])
        return self.browser.press(words[said])

    def evidence(self):
        """The last answer that was kept."""
        return json.loads(self.home.issuer("evidence", "show",
                                           f"e-{answers_kept(self.home)[-1]}").out)


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def browser(port):
    with Browser({HOST: port}) as browser:
        yield browser


@pytest.fixture(scope="module")
def people(lab, tmp_path_factory):
    with People(lab, tmp_path_factory.mktemp("people")) as people:
        yield people


@pytest.fixture
def desk(people, browser, port):
    browser.forget()
    browser.speak("ja")
    browser.resize(DESKTOP)
    desk = Desk(people, browser, port)
    with Serve(desk.home) as serve:
        desk.serve = serve
        yield desk
        assert serve.end() == 0


# ---- pictures ----

#      most difference of a picture, and of one of its blocks, in levels of grey
AVERAGE, BLOCK = 4, 45
BLOCKS_WIDE, TALLER = 24, 0.06


def difference(one, other):
    """(average, largest) difference of the blocks of two pictures; None: of another size."""
    if one.width != other.width or abs(one.height - other.height) > TALLER * other.height:
        return None
    size = (BLOCKS_WIDE, round(BLOCKS_WIDE * other.height / other.width))
    small = [picture.convert("L").resize(size, Image.Resampling.BOX) for picture in (one, other)]
    apart = ImageChops.difference(*small)
    return ImageStat.Stat(apart).mean[0], apart.getextrema()[1]


def held_to_picture(browser, name):
    shown = browser.picture()
    path = PICTURES / f"{name}.png"
    if os.environ.get("ISSUER_PICTURES") == "write":
        shown.quantize(32).save(path, optimize=True)
    kept = Image.open(path).convert("RGB")
    apart = difference(shown, kept)
    if not apart or apart[0] > AVERAGE or apart[1] > BLOCK:
        shown.save(f"/tmp/issuer-{name}.png")
        raise AssertionError(f"{name} looks different ({apart}, {shown.size} for {kept.size});"
                             f" it is in /tmp/issuer-{name}.png")


def looked_at(desk, name):
    """A page in each language and width: what is wider than the window, what looks different."""
    browser = desk.browser
    for language, words in (("ja", "日本語"), ("en", "English")):
        if browser.language_of_page != language:
            browser.follow(words)
        assert browser.language_of_page == language
        for width, of in ((NARROW, None), (PHONE, "phone"), (DESKTOP, "desktop")):
            browser.resize(width)
            assert browser.overflows() == 0, f"{name} {language} at {width}"
            if of and not (of == "desktop" and name not in DESKTOP_PICTURES):
                held_to_picture(browser, f"{name}-{language}-{of}")


DESKTOP_PICTURES = {"question", "yes"}


def test_each_page_looks_as_it_should(desk):
    browser = desk.browser
    browser.open(desk.url(0))
    looked_at(desk, "question")
    # Another browser has opened it meanwhile: its form is not taken.
    browser.forget()
    browser.tick(WORDS["en"]["read"])
    assert browser.press(WORDS["en"]["yes"])
    assert WORDS["en"]["stale"] in browser.driver.page_source
    browser.resize(PHONE)
    held_to_picture(browser, "stale-en-phone")
    browser.schemes("dark")
    held_to_picture(browser, "stale-dark-en-phone")
    browser.schemes("light")
    for number, said in enumerate(("not-me", "no", "yes")):
        desk.answer(number, "ja", said)
        looked_at(desk, said)
    assert WORDS["ja"]["absent"] in browser.open(f"https://{HOST}/answer/nobody")
    looked_at(desk, "absent")


def test_questions_that_are_over_look_as_they_should(desk):
    browser = desk.browser
    desk.serve.end()
    desk.home.issuer("status", "--now", LATE, exit=None)
    with Serve(desk.home):
        assert WORDS["ja"]["late"] in browser.open(desk.url(4))
        looked_at(desk, "late")
    desk.home.issuer("order", "cancel", desk.order, "--reason", "test")
    with Serve(desk.home):
        assert WORDS["ja"]["void"] in browser.open(desk.url(4, "?lang=ja"))
        looked_at(desk, "void")


def test_pictures_that_differ_are_told_apart():
    """The tolerance is no blindness: no other page passes for the question, nor the question itself
    with a part of it painted over."""
    pictures = {path.stem: Image.open(path).convert("RGB") for path in PICTURES.glob("*.png")}
    assert len(pictures) > 12
    one, parts = pictures["question-ja-phone"], 8
    assert difference(one, one) == (0, 0)
    for name, other in pictures.items():
        apart = difference(one, other)
        assert name == "question-ja-phone" or not apart or apart[0] > AVERAGE or apart[1] > BLOCK
    # One part painted over, of eight.
    for part in range(parts):
        changed = one.copy()
        height = one.height // parts
        changed.paste((255, 255, 255), (0, part * height, one.width, (part + 1) * height))
        apart = difference(changed, one)
        assert apart[0] > AVERAGE or apart[1] > BLOCK, part


# ---- use ----

def words_of(text):
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_answer_is_kept_with_the_page_that_was_shown(desk, language):
    browser, words = desk.browser, WORDS[language]
    browser.speak({"ja": "ja-JP,ja;q=0.9,en;q=0.8", "en": "en-GB,en;q=0.9,ja;q=0.5"}[language])
    shown = browser.open(desk.url(0))
    assert browser.language_of_page == language
    assert "例示株式会社 & Söhne <test> (JP)" in shown
    browser.tick(words["names"])
    # Without the tick the browser itself does not send it; nothing was answered.
    assert browser.press_in_vain(words["yes"]) == shown
    assert not answers_kept(desk.home)
    browser.tick(words["read"])
    assert words["recorded"] in browser.press(words["yes"])
    # Loaded again, gone back to, pressed again: answered once.
    assert words["recorded"] in browser.reload()
    browser.back()
    assert words["recorded"] in browser.open(desk.url(0))
    assert len(answers_kept(desk.home)) == 1
    kept = desk.evidence()
    page = next(value for value in walk(kept) if isinstance(value, str) and "\n" in value)
    assert words_of(page) == words_of(shown)
    assert language in set(walk(kept)) and "127.0.0.1" in set(walk(kept))
    assert any(isinstance(value, str) and "Chrome/" in value for value in walk(kept))
    assert "www.example.com" in json.dumps(kept)


def walk(value):
    """All values in an object."""
    if isinstance(value, dict):
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)
    else:
        yield value


def test_two_windows_of_one_browser(desk):
    """Cookies are strict, so a second opening from the mail makes a new one: the first window's
    form is shown again, and works then."""
    browser, words = desk.browser, WORDS["ja"]
    browser.open(desk.url(0))
    first = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("window")
    browser.open(desk.url(1))
    browser.driver.close()
    browser.driver.switch_to.window(first)
    browser.tick(words["read"])
    text = browser.press(words["no"])
    if words["recorded"] not in text:
        assert words["stale"] in text
        browser.tick(words["read"])
        assert words["recorded"] in browser.press(words["no"])
    assert len(answers_kept(desk.home)) == 1


def test_a_page_elsewhere_cannot_answer(desk, tmp_path):
    """A form on another site, and our page in a frame of another site."""
    browser = desk.browser
    browser.open(desk.url(0))
    token = re.search(r'name="token" value="([^"]+)"', browser.driver.page_source)[1]
    page = tmp_path / "elsewhere.html"
    page.write_text(f"""<!DOCTYPE html><main>elsewhere
<form method=post action="{desk.url(0)}">
<input name=token value="{token}"><input name=said value=yes><input name=read value=on>
<input name=scope value=domain><input name=lang value=ja><button>go</button></form>
<iframe src="{desk.url(0)}"></iframe></main>""")
    browser.open(page.as_uri())
    browser.press("go")
    assert WORDS["ja"]["stale"] in browser.driver.page_source
    assert set(states(desk.home).values()) == {1} and not answers_kept(desk.home)


# ---- readers who do not see it ----

def test_what_a_screen_reader_tells(desk):
    browser = desk.browser
    for language, words in WORDS.items():
        browser.open(desk.url(0, f"?lang={language}"))
        told = browser.accessible()
        roles = [role for role, _, _ in told]
        named = {(role, name) for role, name, _ in told}
        assert {"banner", "navigation", "main", "form"} <= set(roles)
        assert len(browser.driver.find_elements("css selector", "h1")) == 1
        assert {("checkbox", words["read"]), ("radio", words["domain"]),
                ("radio", words["names"])} <= named
        assert all(name for role, name, _ in told if role in ("button", "link", "radio", "group",
                                                              "checkbox", "navigation", "heading"))
        # Each button is told with what it does, and stands behind what it is about.
        buttons = [(name, description) for role, name, description in told if role == "button"]
        assert [name for name, _ in buttons] == [words["yes"], words["no"], words["not-me"]]
        assert all(description for _, description in buttons)
        assert roles.index("DescriptionList") < roles.index("radio") < roles.index("button")


def test_keys_are_enough(desk):
    """Tab and space: every control is reached in the order in which it stands, and seen to be."""
    browser = desk.browser
    browser.open(desk.url(0))
    reached = []
    for _ in range(8):
        for kind in ("keyDown", "keyUp"):
            browser.say("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab",
                        windowsVirtualKeyCode=9)
        element = browser.driver.switch_to.active_element
        reached.append(element.get_attribute("value") or element.text)
        assert element.tag_name == "body" or element.value_of_css_property("outline-style") == "solid"
    order = ["English", "domain", "on", "yes", "no", "not-me"]
    assert [name for name in reached if name in order][:len(order)] == order


def luminance(colour):
    """WCAG 2.2, relative luminance, of #rgb or #rrggbb."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_in_both_schemes(desk):
    source = desk.serve.request("GET", "/answer/none").body
    schemes = [dict(re.findall(r"--([a-z-]+):(#[0-9a-f]+)", block))
               for block in re.findall(r":root\{([^}]*)\}", source)]
    assert len(schemes) == 2
    for scheme in schemes:
        for ink, paper in (("ink", "paper"), ("soft", "paper"), ("act", "paper"),
                           ("on-act", "act"), ("ink", "note")):
            assert contrast(scheme[ink], scheme[paper]) >= 4.5, (ink, paper, scheme)
        assert contrast(scheme["line"], scheme["paper"]) >= 3
