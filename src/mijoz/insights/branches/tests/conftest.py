"""The tea house of the other tests of insights."""

from mijoz.insights.tests.conftest import business, own_folder, sign_in, tea_house

__all__ = ["business", "own_folder", "sign_in", "tea_house"]
