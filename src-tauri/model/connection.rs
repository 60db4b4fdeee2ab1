//! How a database is reached, what a test of the way there found, and what can be done with the database behind it. No secret is
//! ever part of these: a password travels beside them, once, and in one direction.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{Code, Error, Result};

/// The title of the database on this computer; no profile is called so.
pub const LOCAL: &str = "(this computer)";
const LONGEST_NAME: usize = 60;

/// A server by name. Stored in the settings folder; holds no password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Profile {
    /// For people; empty: host/database.
    pub name: String,
    /// A name, an address, or the folder of a Unix socket.
    pub host: String,
    pub port: u16,
    pub database: String,
    pub login: String,
    /// None: as the address needs, see [`Profile::tls`].
    pub tls: Option<Tls>,
    /// Certificates (PEM) to trust beside those of the system.
    pub ca_file: Option<String>,
    pub environment: Environment,
    #[serde(default)]
    pub guard: Guard,
    /// The login needed a password, so a start without one asks instead of trying: servers ban who tries empty ones.
    #[serde(default)]
    pub asks_password: bool,
    /// Its password is in the keychain.
    #[serde(default)]
    pub in_keychain: bool,
}

/// How careful the window is with a database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// What is asked for is done.
    #[default]
    Silent,
    /// It asks before an act on many rows.
    Confirm,
    /// Look, and never write.
    ReadOnly,
}

/// How the way to the server is protected. There is no mode that falls back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// In clear.
    Disable,
    /// Encrypted; whoever answers is believed.
    Require,
    /// The certificate must come from a known issuer; its name is not compared.
    VerifyCa,
    /// The certificate must come from a known issuer and name this host.
    VerifyFull,
}

impl Tls {
    /// The word of `sslmode`.
    pub fn word(self) -> &'static str {
        match self {
            Tls::Disable => "disable",
            Tls::Require => "require",
            Tls::VerifyCa => "verify-ca",
            Tls::VerifyFull => "verify-full",
        }
    }
}

/// What a database is for: the colour of the window's upper edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Production,
    Staging,
    Local,
}

impl Profile {
    /// Says which field is wrong.
    pub fn check(&self) -> Result<()> {
        let bad =
            |field: &str, message: &str, hint: &str| Err(Error::new(Code::BadInput, message).field(field).hint(hint));
        if self.name.chars().count() > LONGEST_NAME || self.name.contains(char::is_control) || self.title() == LOCAL {
            return bad("name", "This name cannot be used.", "Choose another one, of at most 60 characters.");
        }
        let host = self.host.trim();
        if host.is_empty() {
            return bad("host", "The host is missing.", "For example db.example.com, or localhost.");
        }
        if host.contains("://") || host.contains(['@', ' ', '?', '#']) || (host.contains('/') && !host.starts_with('/'))
        {
            return bad("host", "The host is not a name or an address.", "Paste a whole URL into the field for it.");
        }
        if cfg!(not(unix)) && host.starts_with('/') {
            return bad(
                "host",
                "This system has no sockets in folders.",
                "For a server on this computer use localhost.",
            );
        }
        if self.port == 0 {
            return bad("port", "The port is a number from 1 to 65535.", "PostgreSQL listens on 5432.");
        }
        if self.login.trim().is_empty() {
            return bad("login", "The login is missing.", "Ask your admin for a login of your own.");
        }
        if self.database.trim().is_empty() {
            return bad("database", "The name of the database is missing.", "On Supabase it is postgres.");
        }
        Ok(())
    }

    /// The mode that is used: in clear only where the way does not leave this computer or a private network, or when told to.
    pub fn tls(&self) -> Tls {
        self.tls.unwrap_or(match is_near(&self.host) {
            true => Tls::Disable,
            false => Tls::VerifyFull,
        })
    }

    /// For people: the name, else host/database.
    pub fn title(&self) -> String {
        match self.name.trim() {
            "" => format!("{}/{}", self.host, self.database),
            name => name.to_owned(),
        }
    }

    /// Whom a password belongs to. It is never used for another host, port, database or login.
    pub fn account(&self) -> String {
        format!("{}@{}:{}/{}", self.login.trim(), self.host.trim(), self.port, self.database.trim())
    }
}

/// This computer or an address that is not routed on the internet.
pub fn is_near(host: &str) -> bool {
    use std::net::IpAddr;
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => host == "localhost" || host.starts_with('/'),
    }
}

/// One thing on the way, in the order in which they are found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProbeStep {
    /// The host's name leads to an address.
    Name,
    Tcp,
    Tls,
    Login,
    Version,
    /// Direct, or through a pooler, and of which kind.
    Pooler,
    /// Who the login is, and what it may do.
    Role,
    /// What is in the database.
    Tables,
}

impl ProbeStep {
    pub const ALL: [ProbeStep; 8] = [
        ProbeStep::Name,
        ProbeStep::Tcp,
        ProbeStep::Tls,
        ProbeStep::Login,
        ProbeStep::Version,
        ProbeStep::Pooler,
        ProbeStep::Role,
        ProbeStep::Tables,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProbeState {
    Ok,
    /// It works, and somebody should know this.
    Warn,
    Failed,
    /// It could not be told. Never green.
    Unknown,
}

/// What one step found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProbeLine {
    pub step: ProbeStep,
    pub state: ProbeState,
    pub words: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Milliseconds that it took, where that says something about the way.
    pub ms: Option<u32>,
}

/// What the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseIs {
    /// No table at all.
    Empty,
    /// Tables, but not those of the CRM.
    Other,
    /// The CRM, without schema `queue_desk`.
    NotMigrated,
    /// Migrated by an older Queue Desk.
    Outdated,
    Ready,
    /// Migrated by a newer Queue Desk.
    Newer,
}

/// What can be done with it from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    Open,
    ReadOnly,
    /// Look at the schema check; no queue.
    Look,
    /// Add what it lacks.
    SetUp,
}

/// A test of the way to a database. Nothing was written by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Probe {
    pub lines: Vec<ProbeLine>,
    /// None: it was not reached.
    pub database: Option<DatabaseIs>,
    pub offers: Vec<Offer>,
    /// Steps that a set-up would take.
    pub pending: u32,
    /// Why this login may not set it up, where somebody should.
    pub ask_admin: Option<String>,
    /// Why it was not reached, with the field of the form that it is about.
    pub problem: Option<Error>,
}

/// What setting a database up would do. Nothing was written to find out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SetupPlan {
    /// For people: the database it is about.
    pub database: String,
    pub login: String,
    /// The CRM's tables are made too, because the database is empty.
    pub creates_crm: bool,
    pub steps: Vec<SetupStep>,
    pub pending: u32,
    /// Why this login may not do it.
    pub ask_admin: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SetupStep {
    pub id: String,
    /// `tx`, `autocommit`, `function`.
    pub kind: String,
    /// `pending`, `changed`, `done`.
    pub state: String,
    /// What it makes, from the step's own file.
    pub makes: String,
    /// The locks it takes on tables that exist, as its file says.
    pub locks: String,
}

/// How far a set-up or a mend is: told before each step and after each batch, and once at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SetupProgress {
    /// Steps that are done.
    pub done: u32,
    pub of: u32,
    /// The step that it is at; none at the end.
    pub step: Option<String>,
    /// The table or column that it is at; empty at the beginning of a step.
    pub place: String,
    /// Rows settled there so far.
    pub rows: i64,
}

/// Where a window may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// The database on this computer.
    Local,
    Server {
        profile: Profile,
    },
}

/// What a window without a database shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Connections {
    /// Where this person was last.
    pub last: Option<Destination>,
    pub profiles: Vec<Profile>,
    /// Accounts ([`Profile::account`]) whose password this run still knows.
    pub known: Vec<String>,
    /// Leads of a fresh sample.
    pub sample_leads: u32,
    pub app_version: String,
    /// The file of the connections cannot be used: why.
    pub unreadable: Option<String>,
    /// Why the window did not go where this person was last.
    pub problem: Option<Error>,
}
