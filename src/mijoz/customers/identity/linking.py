"""What follows when a source says that two identities are one person's: at once, for a whole batch, in sets.

A new identity joins the customer whom the other one leads to. Two customers become one when the identity they share is
strong. A device proves nobody: it leads a visitor without a name to whoever they say they are, once; when a second
person uses it, it is marked as shared, and so is a phone under which too many people come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations

from django.db import connection
from django.utils import timezone

from mijoz.customers import hooks, traits
from mijoz.customers.identity import holding, kinds, merging
from mijoz.customers.identity.grouping import Alike, Bar, contradiction
from mijoz.customers.models import Pair
from mijoz.customers.queries import root_of

PEOPLE_OF_ONE_IDENTIFIER = 3  # numbers that one system gave to people who share a phone; with more it proves nobody
LINKED = "linked"  # the reason in the ledger: a source said that both are one person's
MANY_PEOPLE = "many_people"  # why an identity is shared
MANY_USERS = "many_users"

APART_YET = """
    SELECT l.one, l.other FROM unnest(%s::bigint[], %s::bigint[]) AS l(one, other)
    LEFT JOIN customers_ownership a ON a.identity_id = l.one
    LEFT JOIN customers_ownership b ON b.identity_id = l.other
    WHERE a.customer_id IS NULL OR b.customer_id IS NULL
       OR (a.customer_id <> b.customer_id AND NOT a.is_shared AND NOT b.is_shared)
"""
STANDING = """
    SELECT i.id, i.kind, i.account, o.customer_id, o.home_id, coalesce(o.is_shared, false)
    FROM events_identity i LEFT JOIN customers_ownership o ON o.identity_id = i.id WHERE i.id = ANY(%s)
"""
OWNED = """
    SELECT o.customer_id, i.id, i.kind, i.account
    FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
    WHERE o.customer_id = ANY(%s) AND i.kind <> 'customer'
"""
MAKE_CUSTOMERS = """
    WITH fresh AS (
        SELECT given.place, i.id AS identity_id, i.kind, i.value
        FROM unnest(%s::bigint[], %s::bigint[]) AS given(identity_id, place)
        JOIN events_identity i ON i.id = given.identity_id
        WHERE NOT EXISTS (SELECT FROM customers_ownership o WHERE o.identity_id = i.id)
    ), person AS (
        SELECT place,
               coalesce(min(value) FILTER (WHERE kind = 'phone'), '') AS phone,
               coalesce(min(value) FILTER (WHERE kind = 'email'), '') AS email,
               coalesce((array_agg(value ORDER BY kind = 'customer_number' DESC, kind = ANY(%s) DESC, identity_id)
                         FILTER (WHERE kind NOT IN ('phone', 'email')))[1], '') AS number
        FROM fresh GROUP BY place
    ), numbered AS (
        SELECT nextval(pg_get_serial_sequence('customers_customer', 'id')) AS customer_id, person.* FROM person
    ), made AS (
        INSERT INTO customers_customer (id, number, phone, email, search_key)
        OVERRIDING SYSTEM VALUE
        SELECT customer_id, number, phone, email,
               CASE WHEN phone <> '' THEN ' ' || regexp_replace(phone, '\\D', '', 'g') ELSE '' END
               || CASE WHEN email <> '' THEN ' ' || lower(email) ELSE '' END
               || CASE WHEN number <> '' THEN ' ' || lower(number) ELSE '' END
        FROM numbered
    ), profiled AS (
        INSERT INTO customers_profile (customer_id, favourite_services) SELECT customer_id, '{}' FROM numbered
    )
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT identity_id, customer_id, customer_id FROM fresh JOIN numbered USING (place)
"""
JOIN = """
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT given.identity_id, given.customer_id, given.home_id
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given(identity_id, customer_id, home_id)
    ORDER BY given.identity_id ON CONFLICT DO NOTHING
"""
MARK_SHARED = """
    UPDATE customers_ownership SET is_shared = true, shared_because = %(because)s
    WHERE identity_id = ANY(%(identities)s) AND NOT is_shared RETURNING identity_id
"""
# How many people were asked about because of an identity, beside the one to whom it leads.
ASKED_THROUGH = """
    SELECT o.identity_id, count(*)
    FROM customers_ownership o CROSS JOIN LATERAL (
        SELECT p.evidence FROM customers_pair p WHERE p.left_id = o.customer_id AND p.state <> 'merged'
        UNION ALL SELECT p.evidence FROM customers_pair p WHERE p.right_id = o.customer_id AND p.state <> 'merged'
    ) p
    WHERE o.identity_id = ANY(%s)
      AND p.evidence @> jsonb_build_array(jsonb_build_object('identities', jsonb_build_array(o.identity_id)))
    GROUP BY o.identity_id
"""


@dataclass(slots=True)
class Node:
    """An identity: whose it is and whose it was before any merge, None for both when it is new."""

    id: int
    kind: str
    account: str
    customer: int | None
    home: int | None
    is_shared: bool


@dataclass(slots=True, eq=False)
class Group:
    """Identities that are one person's: those of one customer, or new ones."""

    nodes: list[Node]
    customer: int | None = None
    is_known: bool = False  # has an identity that tells who it is, not a device only
    numbers: dict[tuple[str, str], set[int]] = field(default_factory=dict)  # that systems gave them

    def add(self, identity: int, kind: str, account: str) -> None:
        self.is_known |= not kinds.is_weak(kind)
        if kinds.kind_of(kind).numbers_people:
            self.numbers.setdefault((kind, account), set()).add(identity)

    def take(self, other: Group) -> None:
        self.nodes += other.nodes
        self.is_known |= other.is_known
        for key, found in other.numbers.items():
            self.numbers[key] = self.numbers.get(key, set()) | found

    def is_crowd_with(self, other: Group) -> bool:
        """Whether together they would have more numbers of one system than one person is believed to have."""
        return any(
            len(found | other.numbers[key]) > PEOPLE_OF_ONE_IDENTIFIER
            for key, found in self.numbers.items()
            if key in other.numbers
        )


@dataclass(slots=True)
class Plan:
    """What linking does: new identities that join (identity, home), groups that become a customer, pairs of customers
    that may be one, identities found to be shared, by why."""

    joins: list[tuple[int, int]] = field(default_factory=list)
    made: list[list[int]] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    shared: dict[str, list[int]] = field(default_factory=dict)


def link(pairs: Sequence[tuple[int, int]], *, asking_about_relatives: bool = False) -> None:
    """Let identities that are one person's lead to one customer; pairs that do already cost one read.

    Relatives of one phone are left alone, since a source tells of them again and again; with `asking_about_relatives`
    they wait for a person. The second identity of a pair is the phone or e-mail then.
    """
    with connection.cursor() as cursor:
        cursor.execute(APART_YET, [[one for one, _other in pairs], [other for _one, other in pairs]])
        open_pairs = cursor.fetchall()
        if not open_pairs:
            return
        cursor.execute(STANDING, [sorted({id_ for pair in open_pairs for id_ in pair})])
        nodes = {row[0]: Node(*row) for row in cursor.fetchall()}
        cursor.execute(OWNED, [sorted({node.customer for node in nodes.values() if node.customer})])
        owned = cursor.fetchall()
    planned, at = plan(open_pairs, nodes, owned), timezone.now()
    if alike := _not_waiting(planned.alike):
        decision = merging.decide(alike)
        relatives = [pair for pair, bar in decision.barred if bar is Bar.RELATIVES] if asking_about_relatives else []
        families = _families(relatives, planned) if relatives else []
        siblings = _called_alike(families)
        is_asked = any(bar not in merging.LEFT_ALONE for _pair, bar in decision.barred)
        if decision.merges or siblings or is_asked:  # else nothing comes of it, and merges wait for each other
            merging.merge_many([*alike, *siblings], at=at)
        _ask([pair for family in families for pair in family], at=at)
    _write(planned)


def _families(relatives: list[Alike], planned: Plan) -> list[list[Alike]]:
    """The relatives by what they share; what more people share than one has relatives is marked as shared instead."""
    by_way: dict[int, list[Alike]] = defaultdict(list)
    for pair in relatives:
        by_way[pair.evidence["identities"][1]].append(pair)
    with connection.cursor() as cursor:
        cursor.execute(ASKED_THROUGH, [sorted(by_way)])
        asked = dict(cursor.fetchall())
    people = {way: 1 + asked.get(way, 0) + len({pair.one for pair in pairs}) for way, pairs in by_way.items()}
    crowds = {way for way, number in people.items() if number > PEOPLE_OF_ONE_IDENTIFIER}
    if crowds:
        planned.shared.setdefault(MANY_PEOPLE, []).extend(sorted(crowds))
    return [pairs for way, pairs in by_way.items() if way not in crowds]


def _called_alike(families: list[list[Alike]]) -> list[Alike]:
    """Of each family those who are not whoever has the phone, but may be one with each other."""
    others = [{pair.one: pair for pair in family} for family in families if len(family) > 1]
    if not others:
        return []
    people = merging.people_of({customer for family in others for customer in family})
    return [
        replace(family[one], one=one, other=other)
        for family in others
        for one, other in combinations(sorted(family), 2)
        if people[one].first_name and people[other].first_name
        and contradiction(people[one], people[other], by_contact=True) is None
    ]  # fmt: skip


def _ask(relatives: list[Alike], *, at: datetime) -> None:
    """Let a person say whether they are one, each two once, whatever was merged meanwhile."""
    if not relatives:
        return
    roots = root_of({id_ for pair in relatives for id_ in (pair.one, pair.other)})
    asked: dict[frozenset[int], Alike] = {}
    for pair in relatives:
        one, other = roots[pair.one], roots[pair.other]
        if one != other:
            asked.setdefault(frozenset({one, other}), replace(pair, one=one, other=other))
    merging.suggest([(pair, Bar.RELATIVES) for pair in asked.values()], at=at)


def plan(pairs: Iterable[tuple[int, int]], nodes: dict[int, Node], owned: Iterable[tuple[int, int, str, str]]) -> Plan:
    """What the pairs come to, the strong ones first. `owned` are the identities of the customers: customer, identity,
    kind, account."""
    of_customer = {node.customer: Group([], node.customer) for node in nodes.values() if node.customer}
    for customer, identity, kind, account in owned:
        of_customer[customer].add(identity, kind, account)
    groups: dict[int, Group] = {}
    for node in nodes.values():
        group = of_customer[node.customer] if node.customer else Group([])
        group.add(node.id, node.kind, node.account)
        group.nodes.append(node)
        groups[node.id] = group
    planned = Plan()
    for one, other in sorted(pairs, key=lambda pair: any(kinds.is_weak(nodes[id_].kind) for id_ in pair)):
        _join(nodes[one], nodes[other], groups, planned)
    for group in {id(group): group for group in groups.values()}.values():
        fresh = [node for node in group.nodes if node.customer is None and node.kind != kinds.OURS]
        planned.joins += [(node.id, node.home) for node in fresh if node.home]
        if alone := [node.id for node in fresh if not node.home]:
            planned.made.append(alone)
    return planned


def _join(one: Node, other: Node, groups: dict[int, Group], planned: Plan) -> None:
    left, right = groups[one.id], groups[other.id]
    is_ours_to_come = any(node.kind == kinds.OURS and node.customer is None for node in (one, other))
    if left is right or one.is_shared or other.is_shared or is_ours_to_come:
        return
    weak = next((node for node in (one, other) if kinds.is_weak(node.kind)), None)
    if weak and left.is_known and right.is_known:
        _share(weak, MANY_USERS, planned)
        return
    contact = next((node for node in (other, one) if not kinds.kind_of(node.kind).numbers_people), None)
    if contact and not weak and left.is_crowd_with(right):
        _share(contact, MANY_PEOPLE, planned)
        return
    if left.customer and right.customer:
        if weak or (kinds.is_strong(one.kind) and kinds.is_strong(other.kind)):
            evidence = {"name": LINKED, "identities": [one.id, other.id]}
            shown = frozenset({one.id, other.id})
            by_contact = any(kinds.kind_of(node.kind).can_be_reassigned for node in (one, other))
            planned.alike.append(Alike(left.customer, right.customer, LINKED, evidence, shown, by_contact))
        return
    kept, joining, through = (left, right, one) if left.customer else (right, left, other)
    for node in joining.nodes:
        node.home = through.home
        groups[node.id] = kept
    kept.take(joining)


def _share(node: Node, because: str, planned: Plan) -> None:
    node.is_shared = True
    planned.shared.setdefault(because, []).append(node.id)


def _not_waiting(alike: list[Alike]) -> list[Alike]:
    """Without pairs that wait for a person's word, or had it."""
    if not alike:
        return []
    ids = {id_ for pair in alike for id_ in (pair.one, pair.other)}
    known = Pair.objects.filter(left__in=ids, right__in=ids).exclude(state=Pair.State.MERGED)
    decided = {frozenset(pair) for pair in known.values_list("left_id", "right_id")}
    return [pair for pair in alike if frozenset({pair.one, pair.other}) not in decided]


def _write(planned: Plan) -> None:
    with connection.cursor() as cursor:
        if planned.made:
            identities = [identity for group in planned.made for identity in group]
            places = [place for place, group in enumerate(planned.made) for _identity in group]
            cursor.execute(MAKE_CUSTOMERS, [identities, places, list(kinds.IDENTIFYING)])
        if planned.joins:
            roots = holding.roots_held({home for _identity, home in planned.joins}, alone=True)
            joins = [(identity, roots[home], home) for identity, home in planned.joins]
            cursor.execute(JOIN, [list(column) for column in zip(*joins, strict=True)])
            traits.settle(set(roots.values()))
        for because, identities in planned.shared.items():
            cursor.execute(MARK_SHARED, {"because": because, "identities": identities})
            hooks.identities_shared([row[0] for row in cursor.fetchall()])
