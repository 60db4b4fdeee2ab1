//! The migration steps, in their order. A new step is a new line here and a new file; a step that was released is never
//! edited, except functions, which are CREATE OR REPLACE and applied again when their text changes.

mod said;

/// How a step is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In one transaction together with its bookkeeping.
    Tx,
    /// One statement outside a transaction (CREATE INDEX CONCURRENTLY).
    Autocommit,
    /// CREATE OR REPLACE FUNCTION; applied again whenever its text changes.
    Function,
    /// A transaction for each piece between the lines `-- next table`; each is safe to repeat.
    Pieces,
    /// One statement that changes a bounded number of rows and returns it; repeated, a transaction each, until it is 0.
    Batched,
    /// The references of the CRM: the file is the query that says what each of them needs.
    Keys,
}

/// A table that a step locks while others use it. The mode is Postgres's word.
pub type Lock = (&'static str, &'static str);

const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";
const SHARE_UPDATE_EXCLUSIVE: &str = "SHARE UPDATE EXCLUSIVE";
const ROW_EXCLUSIVE: &str = "ROW EXCLUSIVE";

/// The line between two pieces.
const NEXT: &str = "-- next table\n";

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Tx => "tx",
            Kind::Autocommit => "autocommit",
            Kind::Function => "function",
            Kind::Pieces => "pieces",
            Kind::Batched => "batched",
            Kind::Keys => "keys",
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Path below `migrations/`, without `.sql`.
    pub id: &'static str,
    pub kind: Kind,
    pub sql: &'static str,
    /// A relation whose presence proves that the step was done by hand.
    pub makes: Option<&'static str>,
    /// Tables that exist before it, and how it locks them. What a `keys` step locks depends on what is missing.
    pub locks: &'static [Lock],
}

impl Step {
    /// Part of the contract between databases: FNV-1a over the text without carriage returns, so that a checkout on Windows
    /// does not look like a change.
    pub fn checksum(&self) -> String {
        let hash = self
            .sql
            .bytes()
            .filter(|b| *b != b'\r')
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        format!("{hash:016x}")
    }

    /// The transactions of a step of kind `pieces`.
    pub fn pieces(&self) -> impl Iterator<Item = &'static str> {
        self.sql.split(NEXT)
    }

    /// Looks at rows that change all the time, so that it is gone through at every migration.
    pub fn is_repeated(&self) -> bool {
        matches!(self.kind, Kind::Batched | Kind::Keys)
    }

    /// Belongs to the CRM: run only in an empty database.
    pub fn is_crm(&self) -> bool {
        self.id.starts_with("crm/")
    }
}

macro_rules! step {
    ($kind:ident, $id:literal $(, makes $relation:literal)? $(, locks $locks:expr)?) => {
        Step {
            id: $id,
            kind: Kind::$kind,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $id, ".sql")),
            makes: step!(@one $($relation)?),
            locks: step!(@all $($locks)?),
        }
    };
    (@one) => { None };
    (@one $relation:literal) => { Some($relation) };
    (@all) => { &[] };
    (@all $locks:expr) => { $locks };
}

pub const STEPS: &[Step] = &[
    step!(Tx, "crm/0000_roles"),
    step!(Tx, "crm/0001_auth", makes "auth.users"),
    step!(Tx, "crm/0002_clients_projects"),
    step!(Tx, "crm/0003_leads"),
    step!(Tx, "crm/0004_queues"),
    step!(Tx, "crm/0005_settings_metrics"),
    step!(Tx, "crm/0006_row_security"),
    step!(Tx, "queue_desk/0000_desk_group"),
    step!(Tx, "queue_desk/0001_foundation", makes "queue_desk.login"),
    step!(Tx, "queue_desk/0002_phone_zone", makes "queue_desk.phone_zone"),
    step!(Tx, "queue_desk/0003_ledger", makes "queue_desk.ledger_gap"),
    step!(Tx, "queue_desk/0004_fences", makes "queue_desk.limit_pace"),
    step!(Tx, "queue_desk/0005_plans", makes "queue_desk.stage_outbox"),
    step!(Tx, "queue_desk/0014_quarantine", makes "queue_desk.quarantine"),
    step!(Tx, "queue_desk/0015_min_app_version"),
    step!(Function, "queue_desk/functions/now"),
    step!(Function, "queue_desk/functions/setting"),
    step!(Function, "queue_desk/functions/identity"),
    step!(Function, "queue_desk/functions/access"),
    step!(Function, "queue_desk/functions/phone"),
    step!(Function, "queue_desk/functions/hours"),
    step!(Function, "queue_desk/functions/quiet_hours"),
    step!(Function, "queue_desk/functions/gate"),
    step!(Function, "queue_desk/functions/ledger"),
    step!(Function, "queue_desk/functions/seal"),
    step!(Function, "queue_desk/functions/watch"),
    step!(Function, "queue_desk/functions/stage"),
    step!(Function, "queue_desk/functions/prepare"),
    step!(Function, "queue_desk/functions/automation"),
    step!(Function, "queue_desk/functions/message"),
    step!(Function, "queue_desk/functions/change"),
    step!(Function, "queue_desk/functions/resolve"),
    step!(Function, "queue_desk/functions/opt_out"),
    step!(Function, "queue_desk/functions/erase"),
    step!(Function, "queue_desk/functions/take"),
    step!(Function, "queue_desk/functions/undo"),
    step!(Function, "queue_desk/functions/stop"),
    step!(Function, "queue_desk/functions/loss"),
    step!(Function, "queue_desk/functions/pause"),
    step!(Function, "queue_desk/functions/operator"),
    step!(Function, "queue_desk/functions/login"),
    step!(Function, "queue_desk/functions/desks"),
    step!(Function, "queue_desk/functions/export"),
    step!(Function, "queue_desk/functions/metrics"),
    step!(Function, "queue_desk/functions/settings"),
    step!(Function, "queue_desk/functions/clock"),
    step!(Function, "queue_desk/functions/migration"),
    step!(Function, "queue_desk/functions/quarantine"),
    step!(Function, "queue_desk/functions/complete"),
    step!(Tx, "queue_desk/0006_row_security"),
    step!(
        Pieces,
        "queue_desk/0007_crm_row_security",
        locks
            & [
                ("public.leads", ACCESS_EXCLUSIVE),
                ("public.clients", ACCESS_EXCLUSIVE),
                ("public.projects", ACCESS_EXCLUSIVE),
                ("public.client_members", ACCESS_EXCLUSIVE),
                ("public.project_members", ACCESS_EXCLUSIVE),
                ("public.lead_members", ACCESS_EXCLUSIVE),
                ("public.whatsapp_message_queue", ACCESS_EXCLUSIVE),
                ("public.lead_processing_queue", ACCESS_EXCLUSIVE),
                ("public.user_queue_settings", ACCESS_EXCLUSIVE),
                ("public.queue_performance_metrics", ACCESS_EXCLUSIVE),
            ]
    ),
    step!(
        Pieces,
        "queue_desk/0008_watch",
        locks
            & [
                ("public.whatsapp_message_queue", SHARE_ROW_EXCLUSIVE),
                ("public.lead_processing_queue", SHARE_ROW_EXCLUSIVE),
                ("public.user_queue_settings", SHARE_ROW_EXCLUSIVE),
            ]
    ),
    step!(Function, "queue_desk/functions/grants"),
    step!(Autocommit, "queue_desk/0009_due_index", makes "public.queue_desk_due",
        locks &[("public.whatsapp_message_queue", SHARE_UPDATE_EXCLUSIVE)]),
    step!(Autocommit, "queue_desk/0010_done_index", makes "public.queue_desk_done",
        locks &[("public.whatsapp_message_queue", SHARE_UPDATE_EXCLUSIVE)]),
    step!(Autocommit, "queue_desk/0011_leads_created_index", makes "public.queue_desk_leads_created",
        locks &[("public.leads", SHARE_UPDATE_EXCLUSIVE)]),
    step!(Autocommit, "queue_desk/0012_lead_phone_index", makes "public.queue_desk_lead_phone",
        locks &[("public.leads", SHARE_UPDATE_EXCLUSIVE)]),
    step!(Autocommit, "queue_desk/0013_ledger_order", makes "queue_desk.queue_ledger_order"),
    step!(Autocommit, "queue_desk/0019_delivery_dispatched", makes "queue_desk.delivery_dispatched"),
    step!(Batched, "queue_desk/0016_words", locks & [("public.leads", ROW_EXCLUSIVE)]),
    step!(Keys, "queue_desk/0017_keys"),
    step!(Batched, "queue_desk/0018_settings", locks & [("public.user_queue_settings", ROW_EXCLUSIVE)]),
];

/// Only for who asks for it by name (`migrate --apply --with NAME`): a live database may hold duplicates, and the CRM's own batch
/// inserts would fail on it. Prepare is safe without it.
pub const OPTIONAL: &[Step] = &[step!(Autocommit, "queue_desk/optional/one_live_message",
    makes "public.queue_desk_one_live_message",
    locks &[("public.whatsapp_message_queue", SHARE_UPDATE_EXCLUSIVE)])];

/// The oldest program that understands what these steps make. Raised with a step that changes what the functions mean.
pub const MIN_APP_VERSION: &str = "0.1.0";

/// Takes the rights on all functions away and gives the desk's back: runs again after any function changed.
pub const GRANTS: &str = "queue_desk/functions/grants";
