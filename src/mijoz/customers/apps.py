from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, SearchBox, SettingsPage, register, register_search, register_settings


class CustomersConfig(AppConfig):
    name = "mijoz.customers"
    label = "customers"

    def ready(self) -> None:
        from mijoz.business.programs import register_scope
        from mijoz.business.rights import EVERYBODY
        from mijoz.customers import actions, cleaning, history, projecting, queries, traits
        from mijoz.customers import hooks as ours
        from mijoz.customers.audit import on_customers
        from mijoz.customers.identity import linking, parting
        from mijoz.customers.importing import marks
        from mijoz.customers.privacy import erasing, retention, tables
        from mijoz.events import hooks

        hooks.on_identities_linked(linking.link)
        hooks.on_identities_created(actions.adopt)
        hooks.on_identities_created(marks.note_made)
        hooks.on_identities_created(erasing.note_who_came_again)
        ours.on_pairs_suggested(marks.note_suggested)
        ours.on_identities_shared(marks.note_shared)
        hooks.on_recorded(projecting.ask)
        hooks.connect_names_of_people(queries.names_of_people)
        hooks.connect_cleaning(lambda name, original: cleaning.clean(name, original).value.lower())
        hooks.on_traits_told(traits.take)
        hooks.on_traits_told(parting.look)
        tables.register()
        on_customers.connect()
        history.register()
        retention.register()
        register_settings(
            SettingsPage(key="privacy", label=_("Privacy"), url_name="customers:privacy_checklist", order=50)
        )
        register_scope("customers:read", _("Read customers"))
        register_scope("customers:write", _("Add and change customers"))
        register_scope("customers:merge", _("Merge customers and undo merges"))
        register_scope("customers:privacy", _("Copy everything about a customer, and erase customers"))
        register_search(
            SearchBox(
                label=_("Find a customer"),
                url_name="customers:list",
                suggestions_url_name="customers:suggestions",
                roles=EVERYBODY,
            )
        )
        register(
            NavItem(
                key="customers",
                label=_("Customers"),
                url_name="customers:list",
                icon="users",
                roles=EVERYBODY,
                order=20,
                section="work",
            )
        )
        register(
            NavItem(
                key="merges",
                label=_("Merges"),
                url_name="customers:merges",
                icon="arrows-join",
                roles=frozenset({"owner", "manager"}),
                order=27,
                section="work",
            )
        )
        register(
            NavItem(
                key="duplicates",
                label=_("Duplicates"),
                url_name="customers:duplicates",
                icon="users-group",
                roles=frozenset({"owner", "manager", "front_office", "operator"}),
                order=22,
                section="work",
            )
        )
        register(
            NavItem(
                key="imports",
                label=_("Imports"),
                url_name="customers:imports",
                icon="file-import",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=25,
                section="work",
            )
        )
