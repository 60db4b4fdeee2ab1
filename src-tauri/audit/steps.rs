//! The migration steps, in their order. A new step is a new line here and a new file; a step that was released is never
//! edited, except functions, which are CREATE OR REPLACE and applied again when their text changes.

/// How a step is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In one transaction together with its bookkeeping.
    Tx,
    /// One statement outside a transaction (CREATE INDEX CONCURRENTLY).
    Autocommit,
    /// CREATE OR REPLACE FUNCTION; applied again whenever its text changes.
    Function,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Tx => "tx",
            Kind::Autocommit => "autocommit",
            Kind::Function => "function",
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

    /// Belongs to the CRM: run only in an empty database.
    pub fn is_crm(&self) -> bool {
        self.id.starts_with("crm/")
    }
}

macro_rules! step {
    ($kind:ident, $id:literal) => {
        step!($kind, $id, None)
    };
    ($kind:ident, $id:literal, makes $relation:literal) => {
        step!($kind, $id, Some($relation))
    };
    ($kind:ident, $id:literal, $makes:expr) => {
        Step {
            id: $id,
            kind: Kind::$kind,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $id, ".sql")),
            makes: $makes,
        }
    };
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
    step!(Function, "queue_desk/functions/take"),
    step!(Function, "queue_desk/functions/undo"),
    step!(Function, "queue_desk/functions/stop"),
    step!(Function, "queue_desk/functions/pause"),
    step!(Function, "queue_desk/functions/operator"),
    step!(Function, "queue_desk/functions/export"),
    step!(Function, "queue_desk/functions/settings"),
    step!(Function, "queue_desk/functions/clock"),
    step!(Tx, "queue_desk/0006_row_security"),
    step!(Tx, "queue_desk/0007_crm_row_security"),
    step!(Tx, "queue_desk/0008_watch"),
    step!(Function, "queue_desk/functions/grants"),
    step!(Autocommit, "queue_desk/0009_due_index", makes "public.queue_desk_due"),
    step!(Autocommit, "queue_desk/0010_done_index", makes "public.queue_desk_done"),
    step!(Autocommit, "queue_desk/0011_leads_created_index", makes "public.queue_desk_leads_created"),
    step!(Autocommit, "queue_desk/0012_lead_phone_index", makes "public.queue_desk_lead_phone"),
    step!(Autocommit, "queue_desk/0013_ledger_order", makes "queue_desk.queue_ledger_order"),
];

/// Takes the rights on all functions away and gives the desk's back: runs again after any function changed.
pub const GRANTS: &str = "queue_desk/functions/grants";
