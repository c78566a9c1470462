"""Who may open what, written by hand: every URL by its name, with the roles that pass. The owner passes wherever
anybody signed in does, but says so here too. A URL that is not here fails `test_every_url`.
"""

from __future__ import annotations

from mijoz.business.models import Role

ANYONE = None
NOBODY: frozenset[str] = frozenset()
STAFF = frozenset(Role.values)
OWNER = frozenset({Role.OWNER})
LEADS = OWNER | {Role.MANAGER}
EDITORS = LEADS | {Role.MARKETER}
READERS = EDITORS | {Role.ANALYST}

INSTALLATION = dict.fromkeys(["healthz", "readyz", "metrics", "set_language"], ANYONE)

# Programs call these with a write key, never with a session.
INGEST = dict.fromkeys(
    [
        f"ingest:{call}"
        for call in ("identify", "track", "page", "screen", "group", "alias", "batch", "import", "openapi")
    ],
    ANYONE,
)

# Programs come with a key, never as staff: a session opens none of these. tests/api has the scope of each.
API = {
    **dict.fromkeys(["api:openapi-json", "api:api-root"], ANYONE),
    **dict.fromkeys(
        [
            "api:customers",
            "api:customer",
            "api:notes",
            "api:tags",
            "api:api_tag",
            "api:relations",
            "api:api_relation",
            "api:traits",
            "api:events",
            "api:identities",
            "api:merges",
            "api:undo_merge",
            "api:customer_copy",
            "api:erase_customer",
            "api:quote_offers",
            "api:redeem_offers",
            "api:cancel_offers",
            "api:loyalty",
            "api:next_offers",
            "api:referrals",
            "api:referral_code",
        ],
        NOBODY,
    ),
}

SIGNING_IN = {
    **dict.fromkeys(
        ["account_login", "account_logout", "account_inactive", "mfa_authenticate", "mfa_login_webauthn"], ANYONE
    ),
    **dict.fromkeys(
        [
            "account_change_password",
            "account_reauthenticate",
            "mfa_index",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_edit_webauthn",
            "mfa_remove_webauthn",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
        ],
        STAFF,
    ),
    # Nobody signs up, changes an address or has a mail sent: staff are invited.
    **dict.fromkeys(
        [
            "account_signup",
            "account_email",
            "account_email_verification_sent",
            "account_confirm_email",
            "account_confirm_login_code",
            "account_set_password",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
        ],
        NOBODY,
    ),
}

ONBOARDING = {
    "onboarding:home": STAFF,
    "onboarding:begin_import": OWNER,
    "onboarding:begin_empty": OWNER,
    "onboarding:demo": OWNER,
    "onboarding:demo_progress": STAFF,
    "onboarding:demo_again": OWNER,
    "onboarding:remove_demo": OWNER,
    "onboarding:first_steps": LEADS,
    "onboarding:close_first_steps": LEADS,
}

INSIGHTS = {
    "insights:board": READERS,
    "insights:refresh": READERS,
    "insights:progress": READERS,
    "insights:export": READERS,
    "insights:kpi": READERS,
    "insights:results": READERS,
    "insights:results_month": READERS,
    "insights:results_make": READERS,
    "insights:results_progress": READERS,
    "insights:results_pdf": READERS,
    "insights:results_aims": LEADS,
    "insights:results_readers": LEADS,
    "insights:results_send": LEADS,
    **dict.fromkeys(
        [
            "insights:proof",
            "insights:proof_export",
            "insights:proof_read",
            "insights:proof_plan",
            "insights:proof_keep",
            "insights:proof_pilot",
            "insights:proof_scenario",
            "insights:compare",
            "insights:proof_comparison",
            "insights:improvements",
            "insights:improvements_export",
            "insights:improvement_new",
            "insights:improvement",
        ],
        READERS,
    ),
    **dict.fromkeys(
        ["insights:proof_start", "insights:proof_begin", "insights:proof_withdraw", "insights:proof_end"], EDITORS
    ),
    **dict.fromkeys(["insights:register", "insights:alerts", "insights:behind", "insights:behind_export"], READERS),
    "insights:branches": READERS,
    **dict.fromkeys(["insights:aim", "insights:pooled", "insights:pooled_forget"], LEADS),
    "insights:gaps": READERS,
    "insights:gaps_export": READERS,
    "insights:gap_aim": EDITORS,
    "insights:pain": READERS,
    "insights:pain_customers": READERS,
    "insights:pain_export": READERS,
}

SOURCES = {
    "sources:list": LEADS | {Role.ANALYST},
    "sources:export": LEADS | {Role.ANALYST},
    "sources:add": LEADS,
    "sources:source": LEADS | {Role.ANALYST},
    "sources:add_key": LEADS,
    "sources:revoke_key": LEADS,
    "sources:set_origins": LEADS,
    "sources:close": LEADS,
    "sources:reopen": LEADS,
    "sources:live": LEADS | {Role.ANALYST},
    "sources:live_stream": LEADS | {Role.ANALYST},
    "sources:event": LEADS | {Role.ANALYST},
    "sources:quarantine": LEADS | {Role.ANALYST},
    "sources:quarantine_export": LEADS | {Role.ANALYST},
    "sources:replay": LEADS,
    "sources:drop": LEADS,
    "sources:take_back": LEADS,
    "sources:mend": LEADS,
    "sources:mend_all": LEADS,
    "sources:message": LEADS | {Role.ANALYST},
    "sources:check": LEADS,
    "sources:repair": LEADS,
    "sources:set_check": LEADS,
    "sources:rotate": LEADS,
    "sources:mapping": LEADS,
    "sources:set_sample": LEADS,
    "sources:mapping_preview": LEADS,
    "sources:save_mapping": LEADS,
    "sources:snippet": ANYONE,
    # Each call proves whose it is, by its signature or secret.
    "sources:hook": ANYONE,
    "sources:hook_with_secret": ANYONE,
}

TASKED = LEADS | {Role.FRONT_OFFICE, Role.OPERATOR, Role.SERVICE_MASTER}

SCENARIOS = {
    "scenarios:list": READERS,
    "scenarios:detail": READERS,
    "scenarios:customers": READERS,
    "scenarios:export": READERS,
    "scenarios:version": READERS,
    "scenarios:install_pilots": EDITORS,
    "scenarios:add": EDITORS,
    "scenarios:draft": EDITORS,
    "scenarios:preview": EDITORS,
    "scenarios:send_trial": EDITORS,
    "scenarios:readers": EDITORS,
    "scenarios:reading": EDITORS,
    "scenarios:dry_run": EDITORS,
    "scenarios:start": EDITORS,
    "scenarios:widen": EDITORS,
    "scenarios:try_on": EDITORS,
    "scenarios:pause": EDITORS,
    "scenarios:resume": EDITORS,
    "scenarios:stop": EDITORS,
    "scenarios:edit": EDITORS,
    "scenarios:why": STAFF,
    "scenarios:gallery": READERS,
    "scenarios:ready": READERS,
    "scenarios:take": EDITORS,
    **dict.fromkeys(["scenarios:endpoints", "scenarios:add_endpoint", "scenarios:switch_endpoint"], LEADS),
    "scenarios:tasks": TASKED,
    "scenarios:tasks_export": TASKED,
    "scenarios:task_done": TASKED,
}

LEARNING = {
    **dict.fromkeys(["clusters:page", "clusters:run", "clusters:progress"], READERS),
    "clusters:draft": EDITORS,
    **dict.fromkeys(["choosing:page", "choosing:progress", "next_offer:page", "next_offer:progress"], READERS),
    **dict.fromkeys(["choosing:learn", "next_offer:learn", "next_offer:service"], EDITORS),
    "next_offer:answer": EDITORS | {Role.FRONT_OFFICE, Role.OPERATOR, Role.SERVICE_MASTER},
}

SEGMENTS = {
    "segments:list": READERS | {Role.FRONT_OFFICE},
    "segments:detail": READERS | {Role.FRONT_OFFICE},
    "segments:rfm": READERS | {Role.FRONT_OFFICE},
    "segments:refresh_progress": READERS | {Role.FRONT_OFFICE},
    "segments:flows": READERS | {Role.FRONT_OFFICE},
    "segments:rfm_settings": EDITORS,
    "segments:add": EDITORS,
    "segments:draft": EDITORS,
    "segments:refresh": EDITORS,
    "segments:rule": EDITORS,
    "segments:texts": EDITORS,
    "segments:set_aside": EDITORS,
}

TILL = LEADS | {Role.FRONT_OFFICE}
LOYALTY = {
    **dict.fromkeys(["loyalty:till", "loyalty:find", "loyalty:quote", "loyalty:redeem", "loyalty:cancel"], TILL),
    "loyalty:adjust": TILL,
    "loyalty:refer": TILL,
    "loyalty:programmes": READERS,
    "loyalty:programme": READERS,
    "loyalty:set_up": EDITORS,
    "loyalty:add_programme": EDITORS,
    "loyalty:edit_programme": EDITORS,
    "loyalty:move_programme": EDITORS,
    "loyalty:redemptions": TILL | READERS,
    "loyalty:offers": READERS,
    "loyalty:offer": READERS,
    **dict.fromkeys(
        [
            "loyalty:add_offer",
            "loyalty:edit_offer",
            "loyalty:make_codes",
            "loyalty:export_codes",
            "loyalty:share_code",
            "loyalty:withdraw_code",
            "loyalty:give",
            "loyalty:move_offer",
        ],
        EDITORS,
    ),
}

CHANNELS = {
    "channels:settings": LEADS,
    "channels:email": LEADS,
    "channels:sms": LEADS,
    "channels:sms_report": ANYONE,
    "channels:send_test": LEADS,
    "channels:telegram": LEADS,
    "channels:telegram_trial": EDITORS,
    "channels:telegram_invite": LEADS | {Role.FRONT_OFFICE, Role.OPERATOR},
    "channels:telegram_call": ANYONE,
    "channels:telegram_link": ANYONE,
    "channels:switch_off": LEADS,
    "channels:reports": LEADS,
    "channels:report": ANYONE,
    "channels:forgive": EDITORS,
    "channels:outbox": READERS,
    "channels:export": READERS,
    "channels:message": READERS,
    "channels:stop": EDITORS,
    "channels:again": EDITORS,
}

DESK = LEADS | {Role.FRONT_OFFICE}
CUSTOMERS = {
    "customers:list": STAFF,
    "customers:suggestions": STAFF,
    "customers:export": STAFF,
    "customers:detail": STAFF,
    "customers:timeline": STAFF,
    "customers:live": STAFF,
    "customers:history": DESK | {Role.OPERATOR},
    "customers:choose_value": DESK | {Role.OPERATOR},
    **dict.fromkeys(
        ["customers:add_note", "customers:change_note", "customers:pin_note", "customers:delete_note"],
        DESK | {Role.OPERATOR, Role.SERVICE_MASTER, Role.MARKETER},
    ),
    "customers:find_relative": DESK | {Role.OPERATOR},
    "customers:relate": DESK | {Role.OPERATOR},
    "customers:unrelate": DESK | {Role.OPERATOR},
    "customers:tag": DESK | {Role.OPERATOR, Role.MARKETER},
    "customers:untag": DESK | {Role.OPERATOR, Role.MARKETER},
    "customers:tag_many": DESK | {Role.OPERATOR, Role.MARKETER},
    "customers:merges": LEADS,
    "customers:export_merges": LEADS,
    "customers:undo_merge": LEADS,
    "customers:find_other": DESK,
    "customers:compare": DESK,
    "customers:identifier": DESK,
    "customers:add": DESK | {Role.OPERATOR},
    "customers:edit": DESK | {Role.OPERATOR},
    "customers:consent": DESK | {Role.OPERATOR},
    "customers:protocol": DESK,
    **dict.fromkeys(
        [
            "customers:duplicates",
            "customers:search_progress",
            "customers:review",
            "customers:undo_review",
            "customers:pair",
            "customers:pair_same",
            "customers:pair_two",
            "customers:pair_later",
        ],
        DESK | {Role.OPERATOR},
    ),
    "customers:search_duplicates": LEADS,
    "customers:matching_rules": LEADS,
    "customers:audit": READERS,
    "customers:run_audit": EDITORS,
    "customers:audit_finding": EDITORS | {Role.FRONT_OFFICE},
    "customers:privacy": DESK | {Role.OPERATOR},
    "customers:privacy_link": DESK | {Role.OPERATOR},
    "customers:privacy_stop": DESK | {Role.OPERATOR},
    "customers:privacy_copy": LEADS,
    "customers:privacy_erase": LEADS,
    "customers:privacy_checklist": LEADS,
    "customers:privacy_duty": LEADS,
    "customers:privacy_settings": LEADS,
    "customers:privacy_texts": LEADS,
    "customers:privacy_text": LEADS,
    "customers:privacy_keeping": LEADS,
    "customers:privacy_looks": LEADS,
    "customers:privacy_requests": LEADS,
    "customers:privacy_request": LEADS,
    "customers:imports": READERS,
    "customers:import": READERS,
    "customers:import_progress": READERS,
    "customers:new_import": EDITORS,
    "customers:import_example": EDITORS,
    "customers:import_format": EDITORS,
    "customers:import_preview": EDITORS,
    "customers:import_holds": EDITORS,
    "customers:import_trial": EDITORS,
    "customers:undo_import": EDITORS,
    "customers:cancel_import": EDITORS,
    "customers:retry_import": EDITORS,
    "customers:import_rejects": EDITORS,
}

BUSINESS = {
    "business:welcome": ANYONE,
    "business:account": STAFF,
    "business:staff": LEADS,
    "business:staff_export": LEADS,
    "business:roles": LEADS,
    "business:invite": LEADS,
    "business:member": LEADS,
    "business:new_link": LEADS,
    "business:withdraw": LEADS,
    "business:history": LEADS,
    "business:api_keys": LEADS,
    "business:new_api_key": OWNER,
    "business:revoke_api_key": OWNER,
    "business:settings": LEADS,
    "business:branches": LEADS,
    "business:new_branch": LEADS,
    "business:branch": LEADS,
}

PORTAL = dict.fromkeys(
    [
        "portal:consent",
        "portal:home",
        "portal:known",
        "portal:why",
        "portal:copy",
        "portal:confirm",
        "portal:rewards",
        "portal:invitation",
    ],
    ANYONE,
)

SURVEYS = {
    **dict.fromkeys(["surveys:answer", "surveys:anybody", "surveys:place"], ANYONE),
    **dict.fromkeys(["surveys:list", "surveys:detail", "surveys:export"], READERS),
    **dict.fromkeys(
        ["surveys:add", "surveys:move", "surveys:questions", "surveys:collect", "surveys:place_edit"], EDITORS
    ),
    **dict.fromkeys(
        ["surveys:follow_ups", "surveys:follow_up"],
        LEADS | {Role.FRONT_OFFICE, Role.OPERATOR, Role.SERVICE_MASTER},
    ),
}

LISTENING = dict.fromkeys(
    [
        "listening:overview",
        "listening:interviews",
        "listening:add_interview",
        "listening:interview",
        "listening:change_interview",
        "listening:remove_interview",
        "listening:themes",
        "listening:take_themes",
        "listening:add_theme",
        "listening:theme",
        "listening:change_theme",
        "listening:begin",
        "listening:code",
        "listening:agreement",
        "listening:settle",
    ],
    READERS,
)

ROLL_OUT = {
    **dict.fromkeys(["insights:road_map", "insights:road_review"], READERS),
    "insights:road_plan": LEADS,
    **dict.fromkeys(["insights:triangulation", "insights:triangulation_figures"], READERS),
    **dict.fromkeys(
        [
            "insights:training",
            "insights:training_begin",
            "insights:training_exercise",
            "insights:certificate",
            "insights:training_check",
        ],
        STAFF,
    ),
}

WHO_MAY: dict[str, frozenset[str] | None] = {
    **INSTALLATION,
    **INGEST,
    **API,
    **SIGNING_IN,
    **ONBOARDING,
    **INSIGHTS,
    **SCENARIOS,
    **LEARNING,
    **SURVEYS,
    **LISTENING,
    **ROLL_OUT,
    **SEGMENTS,
    **LOYALTY,
    **CHANNELS,
    **CUSTOMERS,
    **SOURCES,
    **BUSINESS,
    **PORTAL,
}
