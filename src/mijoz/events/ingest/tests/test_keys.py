"""Write keys: shown once, kept as a digest, revoked at once, and cheap to refuse."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.events.actions import add_source
from mijoz.events.ingest import actions, keys
from mijoz.events.models import Source, WriteKey

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_new_source_has_a_key_of_which_only_the_digest_is_kept() -> None:
    source, key = actions.add_source_with_key("web-shop")
    row = WriteKey.objects.get()
    assert key not in str(WriteKey.objects.values().get())
    assert (row.source, row.begins_with, row.calls) == (source, key[:10], list(keys.CALLS))
    holder = keys.holder_of(key)
    assert holder is not None
    assert (holder.source, holder.calls, source.kind) == (source, frozenset(keys.CALLS), Source.Kind.API)


def test_a_source_known_from_files_gets_its_key() -> None:
    add_source("till")
    source, _key = actions.add_source_with_key("till")
    assert Source.objects.get().kind == source.kind == Source.Kind.API


@pytest.mark.parametrize("name", ["", "web shop", "../x", "дом", "x" * 61])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(actions.SourceRefused):
        actions.add_source_with_key(name)
    assert not Source.objects.exists()


def test_a_source_is_made_once() -> None:
    actions.add_source_with_key("till")
    with pytest.raises(actions.SourceRefused, match="already"):
        actions.add_source_with_key("till")
    assert WriteKey.objects.count() == 1


@pytest.mark.parametrize("calls", [[], ["delete"], ["track", "delete"]])
def test_a_key_may_make_known_calls_alone(calls: list[str]) -> None:
    source = add_source("till")
    with pytest.raises(actions.SourceRefused):
        actions.add_key(source, calls=calls)
    assert not WriteKey.objects.exists()


def test_a_revoked_key_is_nobodys_at_once(django_capture_on_commit_callbacks: object) -> None:
    source, key = actions.add_source_with_key("till")
    other = actions.add_key(source, calls=["track"])
    assert keys.holder_of(key)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        actions.revoke(WriteKey.objects.get(digest=keys.digest_of(key)), at=AT)
    assert keys.holder_of(key) is None
    holder = keys.holder_of(other)
    assert holder is not None
    assert holder.calls == {"track"}


def test_keys_cost_the_database_a_question_once_and_made_up_ones_none() -> None:
    _source, key = actions.add_source_with_key("till")
    unknown = keys.new_key()
    with CaptureQueriesContext(connection) as asked:
        for _time in range(100):
            assert keys.holder_of(unknown) is None
            assert keys.holder_of("mz_" + "x" * 38) is None
            assert keys.holder_of(key[:-1]) is None
            assert keys.holder_of("ü\x00") is None
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        for _time in range(100):
            assert keys.holder_of(key)
    assert len(asked) == 2  # whose it is, and in which currency the business counts
