"""Control of the name that an ordered name is an alias of (BR 3.2.2.4, step 3.1):
what a hosting company shows once for all customers whose names lead to it."""

import datetime

from home import DONE, PERSON, REFUSED

LABEL = "_issuer-validation"
FOLLOWED = ("--method", "dns-txt", "--follow-aliases")


def customers(home, *names, target="site.example.net."):
    home.lab.add_records("example.com", "".join(f"{name} CNAME {target}\n" for name in names))


def wanted(home, order):
    home.issuer("run")
    return [entry["record"] for entry in home.ask("order", "show", order)["publish"]]


def restored(lab, zone):
    return (lab.zones / zone).read_text()


def pass_time(home, seconds):
    newest = home.sql("SELECT max(at) FROM journal")[0][0] / 1000
    later = datetime.datetime.fromtimestamp(newest + seconds, datetime.timezone.utc)
    home.issuer("--now", later.strftime("%Y-%m-%dT%H:%M:%SZ"), "order", "list")


def test_a_host_shows_its_own_name_once_for_all_its_customers(home, zone):
    customers(home, "shop1", "shop2", "far", target="site.example.net.")
    home.order("shop1.example.com", options=FOLLOWED)
    assert wanted(home, "o-1") == [f"{LABEL}.site.example.net"]
    home.publish(home.ask("order", "show", "o-1"))
    home.issuer("order", "validate", "o-1", "--wait")
    gate = home.gates("o-1")["control:shop1.example.com"]
    assert gate["domain"] == "site.example.net"
    assert "an alias of site.example.net" in gate["sentence"]

    # The next customer is not asked for anything.
    home.order("shop2.example.com", options=FOLLOWED)
    home.issuer("order", "validate", "o-2", "--wait", exit=DONE)
    assert home.gates("o-2")["control:shop2.example.com"]["validation"] == gate["validation"]
    # Nor does it count for one who did not ask that aliases be followed.
    home.order("far.example.com", options=("--method", "dns-txt"))
    home.issuer("order", "validate", "o-3", exit=PERSON)
    assert wanted(home, "o-3") == [f"{LABEL}.far.example.com"]
    home.issuer("evidence", "verify")
    home.issuer("audit", "verify")


def test_the_name_behind_may_be_pruned(home, zone):
    """Step 3.2 comes after step 3.1: control of example.net counts for site.example.net."""
    customers(home, "shop")
    order = home.order("example.net", options=("--method", "dns-txt"))
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    home.order("shop.example.com", options=FOLLOWED)
    home.issuer("order", "validate", "o-2", "--wait", exit=DONE)
    assert home.gates("o-2")["control:shop.example.com"]["domain"] == "example.net"


def test_an_alias_of_a_name_above_means_nothing(home, zone):
    """Pruning first and the alias then is the hole that the order of the steps closes."""
    customers(home, "www.shop", target="elsewhere.example.com.")
    home.lab.add_records("example.com", "elsewhere A 127.0.0.1\n")
    order = home.order("elsewhere.example.com", options=("--method", "dns-txt"))
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    # www.shop is an alias of it; what lies beside and below that alias is not.
    home.order("mail.shop.example.com", options=FOLLOWED)
    home.issuer("order", "validate", "o-2", exit=PERSON)
    assert wanted(home, "o-2") == [f"{LABEL}.mail.shop.example.com"]


def test_an_alias_is_looked_up_again_before_it_counts_hours_later(rehearsal, zone):
    home = rehearsal
    customers(home, "moved", "still")
    order = home.order("moved.example.com", options=FOLLOWED)
    wanted(home, "o-1")
    home.publish(home.ask("order", "show", "o-1"))
    home.issuer("order", "validate", "o-1", "--wait")
    # This one waits for another name of its order, and its alias is changed meanwhile.
    home.order("still.example.com", "later.example.com", options=FOLLOWED)
    home.issuer("order", "validate", "o-2", exit=PERSON)
    assert home.gates("o-2")["control:still.example.com"]["state"] == "open"
    text = restored(home.lab, "example.com")
    home.lab.write_zone("example.com",
                        text.replace("still CNAME site.example.net.", "still A 127.0.0.1"))
    pass_time(home, 9 * 3600)
    home.issuer("order", "validate", "o-2", exit=None)
    home.issuer("order", "validate", "o-2", exit=PERSON)
    gate = home.gates("o-2")["control:still.example.com"]
    assert gate["state"] == "waiting" and "still.example.com" in gate["action"]
    assert home.certificate_count("o-2") == 0


def test_an_alias_made_after_the_order_is_seen(rehearsal, zone):
    """While control is not shown, an answer that has lapsed is asked for again."""
    home = rehearsal
    home.order("late.example.com", options=FOLLOWED)
    assert wanted(home, "o-1") == [f"{LABEL}.late.example.com"]
    customers(home, "late")
    pass_time(home, 9 * 3600)
    assert wanted(home, "o-1") == [f"{LABEL}.site.example.net"]


def test_a_question_that_fails_is_asked_in_its_own_time(rehearsal, zone):
    """Also one that was answered before: 30 s, 60 s, 120 s."""
    home = rehearsal
    customers(home, "broken")
    home.order("broken.example.com", "later.example.com", options=FOLLOWED)
    wanted(home, "o-1")
    order = home.ask("order", "show", "o-1")
    order["publish"] = [one for one in order["publish"] if "site.example.net" in one["record"]]
    home.publish(order)
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert home.gates("o-1")["control:broken.example.com"]["state"] == "open"
    text = restored(home.lab, "example.com")
    home.lab.write_zone("example.com", text.replace("broken CNAME site.example.net.",
                                                    "broken CNAME turns\nturns CNAME broken"))
    pass_time(home, 9 * 3600)
    for failures in range(1, 4):
        home.issuer("run")
        ((count, not_before, due),) = home.sql(
            "SELECT a.failures, a.not_before_at, s.due_at FROM authorization a JOIN schedule s"
            " ON s.duty = 4 AND s.subject_id = a.id"
            " WHERE a.method = 'alias' AND a.domain = 'broken.example.com'")
        assert (count, due) == (failures, not_before)
        pass_time(home, 30 * 2 ** failures)


def test_aliases_without_an_end_are_the_owners_turn(home, zone):
    home.lab.add_records("example.com", "turns CNAME back\nback CNAME turns\n")
    home.order("turns.example.com", options=FOLLOWED)
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gate = home.gates("o-1")["control:turns.example.com"]
    assert (gate["state"], gate["turn"]) == ("waiting", "domain-owner")
    assert gate["code"] == "record-wrong" and "come to an end" in gate["action"]


def test_what_reads_as_an_address_stands_for_no_name(home, zone):
    """A name of four numbers may stand in the DNS; orders take it for an address."""
    home.order("odd.example.com", options=FOLLOWED)
    home.issuer("run")
    home.sql("UPDATE validation SET target = '8.8.8.8' WHERE method = 'alias'")
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert wanted(home, "o-1") == [f"{LABEL}.odd.example.com"]


def test_wildcards_have_no_alias_step(home, zone):
    customers(home, "wild")
    home.order("*.wild.example.com", options=FOLLOWED)
    assert wanted(home, "o-1") == [f"{LABEL}.wild.example.com"]


def test_a_name_that_is_no_alias_is_shown_itself(home, zone):
    home.order("www.example.com", options=FOLLOWED)
    assert wanted(home, "o-1") == [f"{LABEL}.www.example.com"]
    assert home.ask("order", "show", "o-1")["follow_aliases"] is True


def test_methods_without_the_column_follow_none(home):
    problem = home.refusal("order", "create", "www.example.com", "--method", "web-page",
                           "--follow-aliases", exit=REFUSED)
    assert problem["code"] == "not-applicable" and "CNAME" in problem["detail"]
