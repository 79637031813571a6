"""Orders that share a name, an authorization or a run: none waits for another or spoils it."""

from home import DONE, REFUSED


PRODUCT = """products:
  - id: {id}
    title: Another product
    citation: house rule
    ca: {ca}
    pack: {pack}
    class: dv
    trust: private
    mode: authoritative
    gates:
{gates}
    methods: [web-page]
    key_types: [ec-p256]
    names_max: 10
    give_up_days: 90
"""
GATES = """      - kind: applicant
      - kind: request
      - {kind: control, after: [applicant]}
      - {kind: caa, after: [applicant]}"""
CAA_FIRST = """      - {kind: caa, after: [control]}
      - kind: applicant
      - kind: request
      - {kind: control, after: [applicant]}"""


def order_of(home, name, product):
    return home.ask("order", "create", name, "--product", product)


def add_product(home, id, ca="local", pack="agency", gates=GATES):
    (home.folder / "catalogue" / "products.yaml").write_text(
        PRODUCT.format(id=id, ca=ca, pack=pack, gates=gates))


def test_seventy_orders_for_one_name_are_all_served(home):
    orders = [home.order("www.example.com") for _ in range(70)]
    home.publish(orders[0])
    home.issuer("run", exit=DONE)
    assert [home.state(order["order"]) for order in orders] == ["completed"] * 70
    # One page was looked at, once.
    assert home.sql("SELECT count(*) FROM validation WHERE method = 'web-page'") == [(1,)]


def test_an_order_that_cannot_be_decided_spoils_only_itself(home):
    add_product(home, "own-dv")
    spoilt = order_of(home, "www.example.com", "own-dv")["order"]
    good = home.order("www.example.com")
    home.publish(good)
    good = good["order"]
    (home.folder / "catalogue" / "products.yaml").unlink()
    home.issuer("run", exit=DONE)
    assert home.state(good) == "completed"
    assert home.state(spoilt) == "pending"
    history = home.ask("order", "history", spoilt)["entries"]
    assert "product-unknown" in [entry.get("code") for entry in history
                                 if entry["kind"] == "fault"]


def test_products_of_two_packs_do_not_share_results(home):
    home.replace_rows("packs/agency.yaml", "rules/own.yaml", "id: agency", "id: own")
    add_product(home, "own-dv", pack="own")
    first = home.issue("www.example.com")
    second = order_of(home, "www.example.com", "own-dv")
    home.publish(second)
    home.issuer("run", exit=DONE)
    assert home.state(first) == home.state(second["order"]) == "completed"
    assert home.sql("SELECT count(*), count(DISTINCT pack) FROM validation"
                    " WHERE method = 'web-page'") == [(2, 2)]


def test_gates_open_whatever_their_order_in_the_catalogue(home):
    add_product(home, "own-dv", gates=CAA_FIRST)
    order = order_of(home, "www.example.com", "own-dv")
    home.publish(order)
    home.issuer("run", exit=DONE)
    assert home.state(order["order"]) == "completed"


def test_a_name_put_into_an_order_by_hand_is_never_signed(home):
    order = home.order("www.example.com")
    home.publish(order)
    order = order["order"]
    home.sql("UPDATE order_name SET name = 'shop.example.net', display = 'shop.example.net'")
    home.issuer("run", exit=DONE)
    assert home.state(order) != "completed"
    assert home.sql("SELECT count(*) FROM certificate") == [(0,)]
    assert home.refusal("audit", "verify", exit=REFUSED)["code"] == "journal-broken"


def test_an_intent_that_waited_too_long_is_voided_and_decided_again(rehearsal):
    home = rehearsal
    order = home.issue("www.example.com")
    # The same order as a crash between intent and signature leaves it.
    home.sql("PRAGMA foreign_keys = OFF")
    home.sql("DELETE FROM certificate")
    home.sql("UPDATE orders SET state = 4, certificate_id = NULL")
    home.sql("UPDATE effect SET state = 1, done_at = NULL")
    home.sql("INSERT INTO schedule (due_at, duty, subject_id, on_wire)"
             " SELECT created_at, 5, id, 1 FROM effect")
    home.lab.withdraw("www.example.com")
    home.issuer("--now", "2028-02-01", "run", exit=DONE)
    assert home.state(order) == "pending"
    assert home.sql("SELECT state FROM effect") == [(3,)]
    assert home.sql("SELECT count(*) FROM certificate") == [(0,)]
    home.publish(home.ask("order", "show", order))
    home.issuer("order", "validate", order, "--wait", exit=DONE)
    assert home.state(order) == "completed"
    assert home.sql("SELECT count(*) FROM certificate") == [(1,)]
