//! The CRM's tables as Queue Desk needs them: the one place that says so. The checks of sql/check get it as `$1`; `migrations/crm`
//! makes such tables, and a test compares the two. It is what the CRM documents where Queue Desk relies on it, and no more: other
//! columns, keys and policies are the CRM's own business.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::Value;

/// The contract as the statements of sql/check read it.
pub static JSON: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(CONTRACT).unwrap_or_default());

#[derive(Serialize)]
struct Contract {
    columns: &'static [Column],
    keys: &'static [Key],
    indexes: &'static [Index],
    vocabularies: &'static [Vocabulary],
}

/// A column: its table, name and kind (an enum where text is meant breaks our statements); whether it is documented as NOT NULL;
/// whether Prepare or a setting gives it a value, so that the table may demand one.
#[derive(Serialize)]
struct Column {
    tab: &'static str,
    col: &'static str,
    kind: &'static str,
    must: bool,
    given: bool,
}

#[derive(Serialize)]
struct Key {
    child: &'static str,
    col: &'static str,
    parent: &'static str,
    on_delete: &'static str,
}

/// An index by what it begins with. `wanted` says which rows it must hold: all, or at least those of the predicate's word.
#[derive(Serialize)]
struct Index {
    check: &'static str,
    tab: &'static str,
    cols: &'static [&'static str],
    wanted: Option<&'static str>,
    purpose: &'static str,
    sql: &'static str,
}

/// The words of a column that the CRM documents. `default`: what an INSERT without the column must end up with.
#[derive(Serialize)]
struct Vocabulary {
    tab: &'static str,
    col: &'static str,
    words: &'static [&'static str],
    default: Option<&'static str>,
}

const fn may(tab: &'static str, col: &'static str, kind: &'static str) -> Column {
    Column { tab, col, kind, must: false, given: false }
}

const fn must(tab: &'static str, col: &'static str, kind: &'static str) -> Column {
    Column { tab, col, kind, must: true, given: false }
}

const fn given(column: Column) -> Column {
    Column { given: true, ..column }
}

const fn key(child: &'static str, col: &'static str, parent: &'static str, on_delete: &'static str) -> Key {
    Key { child, col, parent, on_delete }
}

const USERS: &str = "auth.users";
const CLIENTS: &str = "public.clients";
const PROJECTS: &str = "public.projects";
const CLIENT_MEMBERS: &str = "public.client_members";
const PROJECT_MEMBERS: &str = "public.project_members";
const LEAD_MEMBERS: &str = "public.lead_members";
const LEADS: &str = "public.leads";
const MESSAGES: &str = "public.whatsapp_message_queue";
const JOBS: &str = "public.lead_processing_queue";
const SETTINGS: &str = "public.user_queue_settings";
const METRICS: &str = "public.queue_performance_metrics";

const TIME: &str = "timestamptz";

const CONTRACT: Contract = Contract { columns: COLUMNS, keys: KEYS, indexes: INDEXES, vocabularies: VOCABULARIES };

#[rustfmt::skip]
const COLUMNS: &[Column] = &[
    must(USERS, "id", "uuid"),
    must(CLIENTS, "id", "uuid"), must(CLIENTS, "name", "text"), may(CLIENTS, "user_id", "uuid"),
    must(PROJECTS, "id", "uuid"), must(PROJECTS, "client_id", "uuid"),
    may(CLIENT_MEMBERS, "user_id", "uuid"), must(CLIENT_MEMBERS, "client_id", "uuid"),
    may(PROJECT_MEMBERS, "user_id", "uuid"), must(PROJECT_MEMBERS, "project_id", "uuid"),
    may(LEAD_MEMBERS, "user_id", "uuid"), must(LEAD_MEMBERS, "lead_id", "uuid"),

    must(LEADS, "id", "uuid"), may(LEADS, "first_name", "text"), may(LEADS, "last_name", "text"), may(LEADS, "phone", "text"),
    must(LEADS, "status", "text"), may(LEADS, "bant_status", "text"), may(LEADS, "client_id", "uuid"), may(LEADS, "current_project_id", "uuid"),
    may(LEADS, "lead_metadata", "jsonb"), may(LEADS, "last_interaction", TIME), must(LEADS, "created_at", TIME),

    given(must(MESSAGES, "id", "uuid")), given(may(MESSAGES, "lead_id", "uuid")), given(may(MESSAGES, "user_id", "uuid")),
    given(may(MESSAGES, "client_id", "uuid")), given(must(MESSAGES, "queue_position", "integer")), given(may(MESSAGES, "priority", "integer")),
    given(may(MESSAGES, "queue_status", "text")), given(must(MESSAGES, "message_type", "text")), given(must(MESSAGES, "message_content", "text")),
    given(must(MESSAGES, "recipient_phone", "text")), given(may(MESSAGES, "template_name", "text")), given(may(MESSAGES, "message_template", "text")),
    given(may(MESSAGES, "template_parameters", "jsonb")), given(may(MESSAGES, "message_variables", "jsonb")), given(may(MESSAGES, "scheduled_for", TIME)),
    given(may(MESSAGES, "queued_at", TIME)), given(may(MESSAGES, "queue_metadata", "jsonb")),
    may(MESSAGES, "whatsapp_message_id", "text"), may(MESSAGES, "send_after", TIME), may(MESSAGES, "last_retry_at", TIME), may(MESSAGES, "expires_at", TIME),
    may(MESSAGES, "retry_count", "integer"), may(MESSAGES, "attempts", "integer"), may(MESSAGES, "error_message", "text"), may(MESSAGES, "last_error", "text"),
    may(MESSAGES, "error_code", "text"), may(MESSAGES, "processed_at", TIME), may(MESSAGES, "sent_at", TIME), may(MESSAGES, "delivered_at", TIME),
    may(MESSAGES, "read_at", TIME), may(MESSAGES, "created_at", TIME), may(MESSAGES, "updated_at", TIME),

    must(JOBS, "id", "uuid"), may(JOBS, "lead_id", "uuid"), may(JOBS, "user_id", "uuid"), may(JOBS, "client_id", "uuid"), must(JOBS, "queue_position", "integer"),
    may(JOBS, "priority", "integer"), may(JOBS, "queue_status", "text"), may(JOBS, "processing_type", "text"), may(JOBS, "scheduled_for", TIME),
    may(JOBS, "completed_at", TIME), may(JOBS, "error_message", "text"), may(JOBS, "retry_count", "integer"), may(JOBS, "created_at", TIME), may(JOBS, "updated_at", TIME),

    must(SETTINGS, "id", "uuid"), given(must(SETTINGS, "user_id", "uuid")), may(SETTINGS, "work_days", "jsonb"), may(SETTINGS, "processing_targets", "jsonb"),
    may(SETTINGS, "automation", "jsonb"), may(SETTINGS, "advanced", "jsonb"),
    must(METRICS, "user_id", "uuid"),
];

const KEYS: &[Key] = &[
    key(CLIENTS, "user_id", USERS, "no action"),
    key(PROJECTS, "client_id", CLIENTS, "set null"),
    key(CLIENT_MEMBERS, "user_id", USERS, "cascade"),
    key(CLIENT_MEMBERS, "client_id", CLIENTS, "cascade"),
    key(PROJECT_MEMBERS, "project_id", PROJECTS, "cascade"),
    key(PROJECT_MEMBERS, "user_id", USERS, "cascade"),
    key(LEADS, "client_id", CLIENTS, "no action"),
    key(LEADS, "current_project_id", PROJECTS, "no action"),
    key(LEAD_MEMBERS, "lead_id", LEADS, "cascade"),
    key(LEAD_MEMBERS, "user_id", USERS, "cascade"),
    key(MESSAGES, "lead_id", LEADS, "cascade"),
    key(MESSAGES, "user_id", USERS, "cascade"),
    key(MESSAGES, "client_id", CLIENTS, "cascade"),
    key(JOBS, "lead_id", LEADS, "cascade"),
    key(JOBS, "user_id", USERS, "cascade"),
    key(JOBS, "client_id", CLIENTS, "set null"),
    key(JOBS, "project_id", PROJECTS, "set null"),
    key(SETTINGS, "user_id", USERS, "cascade"),
    key(METRICS, "user_id", USERS, "cascade"),
    key(METRICS, "client_id", CLIENTS, "cascade"),
];

const fn documented(
    tab: &'static str,
    cols: &'static [&'static str],
    purpose: &'static str,
    sql: &'static str,
) -> Index {
    Index { check: "I1", tab, cols, wanted: None, purpose, sql }
}

const fn hot(
    tab: &'static str,
    cols: &'static [&'static str],
    wanted: Option<&'static str>,
    purpose: &'static str,
    sql: &'static str,
) -> Index {
    Index { check: "I2", tab, cols, wanted, purpose, sql }
}

/// I1: the keys that the CRM documents an index for. I2: the questions that Queue Desk asks all day.
#[rustfmt::skip]
const INDEXES: &[Index] = &[
    documented(LEADS, &["client_id"], "the leads of a client", "create index concurrently on public.leads (client_id)"),
    documented(LEADS, &["current_project_id"], "the leads of a project", "create index concurrently on public.leads (current_project_id)"),
    documented(MESSAGES, &["lead_id"], "the messages of a lead", "create index concurrently on public.whatsapp_message_queue (lead_id)"),
    documented(MESSAGES, &["user_id"], "the messages of an operator", "create index concurrently on public.whatsapp_message_queue (user_id)"),
    documented(MESSAGES, &["client_id"], "the messages of a client", "create index concurrently on public.whatsapp_message_queue (client_id)"),
    documented(JOBS, &["lead_id"], "the jobs of a lead", "create index concurrently on public.lead_processing_queue (lead_id)"),
    documented(JOBS, &["user_id"], "the jobs of an operator", "create index concurrently on public.lead_processing_queue (user_id)"),
    hot(MESSAGES, &["user_id", "priority", "scheduled_for", "queue_position", "id"], Some("queued"), "what automation claims next",
        include_str!("../../migrations/queue_desk/0009_due_index.sql")),
    hot(MESSAGES, &["updated_at", "id"], Some("sent"), "what was done last", include_str!("../../migrations/queue_desk/0010_done_index.sql")),
    hot(LEADS, &["created_at", "id"], None, "the newest and the oldest leads", include_str!("../../migrations/queue_desk/0011_leads_created_index.sql")),
    hot(MESSAGES, &["queue_status"], None, "how many messages are in each state", "create index concurrently on public.whatsapp_message_queue (queue_status)"),
];

#[rustfmt::skip]
const VOCABULARIES: &[Vocabulary] = &[
    Vocabulary { tab: MESSAGES, col: "queue_status", words: &["queued", "sending", "sent", "failed", "cancelled"], default: Some("queued") },
    Vocabulary { tab: JOBS, col: "queue_status", words: &["queued", "processing", "completed", "failed", "cancelled"], default: Some("queued") },
    Vocabulary {
        tab: LEADS, col: "status", default: Some("unqualified"),
        words: &["unqualified", "awareness", "consideration", "interest", "new", "active", "inactive", "qualified", "hot", "warm", "cold", "converted",
            "closed_won", "closed_lost", "nurturing", "follow_up", "contacted", "not_contacted", "pending", "archived", "deleted",
            // Ours, where the database takes them.
            "queued", "human_controlled", "engaged"],
    },
];
