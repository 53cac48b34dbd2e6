"""Every setting of Milepost, once: what it is called, what it means, and whether its value may be shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """kind: text (its value may be shown), secret (never), address (shown without the password in it), long (only how
    long it is). usual: what holds where it is not set, in words."""

    name: str
    means: str
    usual: str
    kind: str = "text"


@dataclass(frozen=True)
class Group:
    title: str
    about: str
    settings: tuple[Setting, ...]


def _old(name: str, of: str) -> Setting:
    return Setting(name, f"{of} before the present one, valid beside it until this is taken away.", "none", "secret")


GROUPS = (
    Group(
        "What Milepost keeps",
        "docs/cli.md, docs/secrets.md",
        (
            Setting("MILEPOST_HOME", "The folder of the database, the queue and uploads.", "var beside the code"),
            Setting("DATABASE_URL", "A PostgreSQL database instead of SQLite.", "a file in MILEPOST_HOME", "address"),
            Setting(
                "MILEPOST_SECRET_KEY", "The key that secrets are sealed with.", "secret.key in MILEPOST_HOME", "secret"
            ),
            _old("MILEPOST_SECRET_KEY_OLD", "The key"),
            Setting("MILEPOST_KEEP_FILES", "no: files of repositories read from GitHub are not kept.", "kept"),
            Setting(
                "MILEPOST_ROOTS", "The folders that clones may lie in.", "your home folder; none where people sign in"
            ),
        ),
    ),
    Group(
        "The portal and its work",
        "docs/administrator.md, docs/api.md",
        (
            Setting("PORT", "The port of the portal.", "8501"),
            Setting("MILEPOST_ADDRESS", "The address it listens at.", "127.0.0.1: this computer alone"),
            Setting(
                "MILEPOST_WORKER",
                "external: background work is done by `python milepost.py worker` alone.",
                "the portal does it",
            ),
            Setting(
                "MILEPOST_REDIS_URL",
                "The Redis of the queue, for several workers.",
                "a file in MILEPOST_HOME",
                "address",
            ),
            Setting("MILEPOST_API_RATE", "How often a token may ask in a minute.", "600"),
            Setting("MILEPOST_METRICS", "token: /metrics wants a token from everybody.", "none on this computer"),
            Setting(
                "MILEPOST_JOBS",
                "immediate: jobs are done at once, by who asks for them; to try things out.",
                "in the background",
            ),
        ),
    ),
    Group(
        "Sign-in",
        "docs/sign-in.md",
        (
            Setting("MILEPOST_URL", "Where people open Milepost.", "not told"),
            Setting("MILEPOST_OIDC_METADATA_URL", "The settings of the OpenID Connect provider.", "nobody signs in"),
            Setting("MILEPOST_OIDC_CLIENT_ID", "As the provider calls Milepost.", "none"),
            Setting("MILEPOST_OIDC_CLIENT_SECRET", "What Milepost shows to the provider.", "none", "secret"),
            Setting("MILEPOST_COOKIE_SECRET", "What cookies of sign-in are signed with.", "none", "secret"),
            _old("MILEPOST_COOKIE_SECRET_OLD", "The secret"),
            Setting("MILEPOST_ADMINISTRATOR", "Who is always administrator.", "none"),
            Setting("MILEPOST_GROUPS", "What groups of the provider bring.", "nothing", "long"),
            Setting("MILEPOST_OIDC_GROUPS_CLAIM", "The claim with the groups.", "groups"),
            Setting("MILEPOST_OIDC_SCOPES", "What is asked of the provider.", "openid email profile"),
            Setting("MILEPOST_SESSION_HOURS", "How long a session outlives its ID token.", "8 hours"),
            Setting("MILEPOST_SIGN_IN_RATE", "How many sign-ins may begin at one address in a minute.", "240"),
            Setting("FORWARDED_ALLOW_IPS", "Proxies that are believed when they say who asks.", "127.0.0.1"),
            Setting("MILEPOST_CONTACT", "Whom to ask for a role.", "up to three administrators by name"),
        ),
    ),
    Group(
        "What others tell",
        "docs/github.md, docs/api.md",
        (
            Setting("MILEPOST_GITHUB_URL", "The API of a GitHub Enterprise Server.", "that of github.com"),
            Setting(
                "MILEPOST_WEBHOOK_SECRET", "What webhooks of GitHub are signed with.", "webhooks are refused", "secret"
            ),
            _old("MILEPOST_WEBHOOK_SECRET_OLD", "The secret"),
            Setting("MILEPOST_TOOLS", "Other tools that look at clones too: zizmor, hadolint.", "none"),
            Setting("MILEPOST_ZIZMOR", "Where zizmor is.", "on the PATH"),
            Setting("MILEPOST_HADOLINT", "Where hadolint is.", "on the PATH"),
        ),
    ),
    Group(
        "Sending reports",
        "docs/reports.md",
        (
            Setting("MILEPOST_SMTP_HOST", "The server that takes e-mails.", "no e-mails are sent"),
            Setting("MILEPOST_SMTP_PORT", "Its port.", "587; with tls 465"),
            Setting("MILEPOST_SMTP_SECURITY", "How the way there is encrypted: starttls, tls or none.", "starttls"),
            Setting(
                "MILEPOST_SMTP_CA", "The file of the authority that its certificate is from.", "those of the system"
            ),
            Setting("MILEPOST_SMTP_USER", "Who signs in there.", "nobody"),
            Setting("MILEPOST_SMTP_PASSWORD", "The password for that.", "none", "secret"),
            Setting("MILEPOST_MAIL_FROM", "The address that reports come from.", "none"),
            Setting(
                "MILEPOST_CHAT_HOSTS", "Chats inside the network that may be posted to.", "those of the public web"
            ),
        ),
    ),
    Group(
        "Where secrets are",
        "docs/secrets.md",
        (
            Setting("MILEPOST_VAULT_ADDRESS", "The address of HashiCorp Vault.", "there is no Vault"),
            Setting("MILEPOST_VAULT_AUTH", "How Milepost signs in there: token, approle or kubernetes.", "token"),
            Setting("MILEPOST_VAULT_AUTH_MOUNT", "Where that is mounted.", "approle or kubernetes"),
            Setting("MILEPOST_VAULT_TOKEN", "The token, where it signs in with one.", "none", "secret"),
            Setting("MILEPOST_VAULT_ROLE_ID", "The role id of an AppRole.", "none", "secret"),
            Setting("MILEPOST_VAULT_SECRET_ID", "The secret id of that AppRole.", "none", "secret"),
            Setting("MILEPOST_VAULT_ROLE", "The role in Kubernetes auth.", "none"),
            Setting(
                "MILEPOST_VAULT_SERVICE_ACCOUNT", "The file of the service account's token.", "where Kubernetes puts it"
            ),
            Setting("MILEPOST_VAULT_NAMESPACE", "The namespace in Vault Enterprise.", "none"),
            Setting(
                "MILEPOST_VAULT_CA",
                "The file of the authority that Vault's certificate is from.",
                "those that everybody trusts",
            ),
            Setting("MILEPOST_ROTATION_HOURS", "How long the version before the newest in Vault stays valid.", "24"),
        ),
    ),
)

ALL = {setting.name: setting for group in GROUPS for setting in group.settings}
#: No reference to a secret of somebody else's may name these.
OURS = frozenset(ALL)
#: Variables that begin as ours do and are no settings of the portal: of the step for workflows, and of tests.
BESIDE = frozenset(
    {
        "MILEPOST_BADGE",
        "MILEPOST_COMMENT",
        "MILEPOST_FAIL_ON",
        "MILEPOST_GITHUB_ALLOW_LOCAL",
        "MILEPOST_PATH",
        "MILEPOST_PICTURES",
        "MILEPOST_REQUIRE_ALL",
        "MILEPOST_SEEDS",
        "MILEPOST_TEST_CHROMIUM",
        "MILEPOST_TEST_KAFKA",
        "MILEPOST_TEST_POSTGRES",
        "MILEPOST_TOKEN",
        "MILEPOST_TWINS",
        "MILEPOST_WITH",
    }
)
