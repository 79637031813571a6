"""A reader of web pages: headless Chromium, which can be told to open a page, tick,
choose and press what a person sees by its words, and what a screen reader would be
told. Scripts of pages are off. Nothing but loopback is reached: every host name
leads there, those that are given to the port that is given.

    with Browser({"ca.issuer.example": port}) as browser:
        browser.open("https://ca.issuer.example/answer/VALUE")
        browser.tick("I have read the above, and the answer is my own.")
        browser.press("Yes, I agree")
        assert "recorded" in browser.text

Fonts are those of two packages whatever else is installed, so that pictures agree.
"""

import base64
import io
import os
import tempfile

from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from home import tool

FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>/usr/share/fonts/opentype/ipafont-gothic</dir>
<dir>/usr/share/fonts/truetype/dejavu</dir>
<cachedir>{cache}</cachedir>
<alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
"""
DESKTOP, PHONE, NARROW = 1024, 390, 320
HEIGHT = 800
TIMEOUT_S = 30


class Browser:
    def __init__(self, ports, language="ja"):
        self.ports = ports
        self.language = language
        self.folder = tempfile.TemporaryDirectory(prefix="issuer-browser-")

    def __enter__(self):
        fonts = f"{self.folder.name}/fonts.conf"
        with open(fonts, "w") as file:
            file.write(FONTS.format(cache=f"{self.folder.name}/fonts"))
        rules = [f"MAP {host}:443 127.0.0.1:{port}" for host, port in self.ports.items()]
        options = Options()
        options.binary_location = tool("chromium")
        options.accept_insecure_certs = True
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                         "--disable-dev-shm-usage", "--force-device-scale-factor=1",
                         "--font-render-hinting=none", "--disable-background-networking",
                         "--disable-component-update", "--no-first-run", "--no-proxy-server",
                         f"--user-data-dir={self.folder.name}/profile",
                         "--host-resolver-rules=" + ", ".join([*rules, "MAP * 127.0.0.1"])):
            options.add_argument(argument)
        self.driver = webdriver.Chrome(
            options=options,
            service=Service(executable_path=tool("chromedriver"),
                            env={**os.environ, "FONTCONFIG_FILE": fonts}))
        try:
            self.driver.set_page_load_timeout(TIMEOUT_S)
            self.speak(self.language)
            self.say("Emulation.setScriptExecutionDisabled", value=True)
            self.resize(DESKTOP)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        self.driver.quit()
        self.folder.cleanup()

    def say(self, command, **parameters):
        """One command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def speak(self, language):
        """The language that the reader prefers, as an Accept-Language header."""
        agent = self.say("Browser.getVersion")["userAgent"]
        self.say("Network.setUserAgentOverride", userAgent=agent, acceptLanguage=language)

    def resize(self, width, height=HEIGHT):
        self.say("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=width < DESKTOP)

    def schemes(self, scheme):
        """"light" or "dark"."""
        self.say("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def forget(self):
        """All cookies."""
        self.say("Network.clearBrowserCookies")

    # What is on the page.

    def open(self, url):
        self.driver.get(url)
        return self.text

    @property
    def url(self):
        return self.driver.current_url

    @property
    def text(self):
        """What the main part of the page says."""
        return self.driver.find_element(By.TAG_NAME, "main").text

    @property
    def language_of_page(self):
        return self.driver.find_element(By.TAG_NAME, "html").get_attribute("lang")

    def _of_words(self, kind, words):
        found = [element for element in self.driver.find_elements(By.CSS_SELECTOR, kind)
                 if element.text == words]
        assert len(found) == 1, f"{len(found)} of {kind} say {words!r}: {self.text}"
        return found[0]

    def _goes(self, element):
        """Clicks on what leads to another page, and waits for that."""
        before = self.driver.find_element(By.TAG_NAME, "html").id
        element.click()
        WebDriverWait(self.driver, TIMEOUT_S, 0.02, [WebDriverException]).until(
            lambda driver: driver.find_element(By.TAG_NAME, "html").id != before and
            driver.find_element(By.TAG_NAME, "main").text)
        return self.text

    def press(self, words):
        """Presses the button; the page that comes is there afterwards."""
        return self._goes(self._of_words("button", words))

    def press_in_vain(self, words):
        """A button that the browser itself does not let go, since something is not filled in."""
        self._of_words("button", words).click()
        assert self.driver.find_elements(By.CSS_SELECTOR, "form :invalid")
        return self.text

    def follow(self, words):
        return self._goes(self._of_words("a", words))

    def tick(self, words):
        """Ticks a box or chooses one of several, by its label."""
        self._of_words("label", words).click()

    def reload(self):
        self.driver.refresh()
        return self.text

    def back(self):
        self.driver.back()
        return self.text

    # How it looks, and how it sounds.

    def picture(self):
        """All of the page, also what is below the window."""
        size = self.say("Page.getLayoutMetrics")["cssContentSize"]
        data = self.say("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                        clip={"x": 0, "y": 0, "scale": 1, "width": size["width"],
                              "height": size["height"]})["data"]
        return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")

    def overflows(self):
        """How many pixels of the page are wider than the window."""
        metrics = self.say("Page.getLayoutMetrics")
        return metrics["cssContentSize"]["width"] - metrics["cssLayoutViewport"]["clientWidth"]

    def accessible(self):
        """[(role, name, description)] of what a screen reader is told, in reading order."""
        nodes = self.say("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}
        told = []

        def walk(node):
            if not node["ignored"]:
                told.append(tuple(node.get(part, {}).get("value", "")
                                  for part in ("role", "name", "description")))
            for child in node.get("childIds", []):
                if child in by_id:
                    walk(by_id[child])

        walk(nodes[0])
        return [row for row in told if row[0] != "InlineTextBox"]
