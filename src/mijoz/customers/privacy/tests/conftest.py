from mijoz.customers.tests.conftest import business, happened, signed_in, told

__all__ = ["business", "happened", "signed_in", "told"]
