"""The fixtures of insights."""

from mijoz.insights.tests.conftest import business, own_folder, sign_in

__all__ = ["business", "own_folder", "sign_in"]
