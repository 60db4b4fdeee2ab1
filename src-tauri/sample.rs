//! The sample: an invented office with its leads and a past, so that every screen and every rule has something to show.
//!
//! The same seed on the same day gives the same rows, ids included; the leads of a small sample are the first leads of a
//! larger one. Nothing in it is a real person, and nothing is ever sent from a sample database: there is no range of
//! Israeli mobile numbers that is nobody's.
//!
//! [`World`] is imagined in memory first (no database, no clock), then written in one transaction. Layers: `dice` decides,
//! `names` and `phones` supply, `people`, `leads` and `history` imagine, `store` writes.

mod dice;
mod history;
mod leads;
mod names;
mod people;
mod phones;
mod store;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::error::{Code, Error, Result};
use crate::model::receipt::Receipt;

pub use history::{Job, Message, OptOut, Taken};
pub use leads::Lead;
pub use people::{Client, Member, Operator, Profile, Project, Settings};

/// More would repeat phone numbers.
pub const MAX_LEADS: u32 = 400_000;

pub struct SampleOptions {
    pub leads: u32,
    pub seed: u64,
    /// Empty an existing sample first. Ids change with every reset, so that nothing old points at something new.
    pub reset: bool,
    /// The database role that becomes the first operator, an admin and a runner.
    pub map_login: String,
}

/// Everything that a sample holds.
pub struct World {
    pub operators: Vec<Operator>,
    pub profiles: Vec<Profile>,
    pub clients: Vec<Client>,
    pub projects: Vec<Project>,
    pub members: Vec<Member>,
    pub settings: Vec<Settings>,
    pub leads: Vec<Lead>,
    pub messages: Vec<Message>,
    pub jobs: Vec<Job>,
    pub taken: Vec<Taken>,
    pub opt_outs: Vec<OptOut>,
}

impl World {
    /// `today` is midnight in the operators' zone; every time in the sample is relative to it. `resets` is how often this
    /// database's sample was emptied.
    pub fn imagine(leads: u32, seed: u64, resets: i32, today: DateTime<Utc>) -> Self {
        let office = people::imagine(seed, resets);
        let mut leads = leads::imagine(&office, leads, seed, resets, today);
        let past = history::imagine(&office, &mut leads, seed, resets, today);
        Self {
            operators: office.operators,
            profiles: office.profiles,
            clients: office.clients,
            projects: office.projects,
            members: office.members,
            settings: office.settings,
            leads,
            messages: past.messages,
            jobs: past.jobs,
            taken: past.taken,
            opt_outs: past.opt_outs,
        }
    }
}

/// Fills a migrated database with the sample and marks it as one. All or nothing: one transaction.
///
/// Refuses with [`Code::SampleRefused`] every database that holds, or may hold, somebody's work.
pub async fn generate(conn: &mut PgConnection, options: &SampleOptions) -> Result<Receipt> {
    if options.leads > MAX_LEADS {
        return Err(Error::new(Code::BadInput, format!("A sample holds at most {MAX_LEADS} leads.")).field("leads"));
    }
    let mut tx = conn.begin().await.map_err(store::explain)?;
    store::lock(&mut tx).await?;
    let found = store::inspect(&mut tx).await?;
    refuse_unless_ours(&found, options.reset)?;

    let resets = found.sample_resets + i32::from(found.is_sample && options.reset);
    store::begin(&mut tx).await?;
    if resets > found.sample_resets {
        store::empty(&mut tx, resets).await?;
    }
    let world = World::imagine(options.leads, options.seed, resets, found.today);
    let rows = store::write(&mut tx, &world).await?;
    store::mark(&mut tx, resets).await?;
    store::map_login(&mut tx, &options.map_login, world.operators[0].user_id).await?;
    let detail = json!({ "seed": options.seed, "resets": resets, "login": options.map_login, "rows": rows });
    let receipt = store::write_receipt(&mut tx, options.leads, world.leads.len() as u32, detail).await?;
    tx.commit().await.map_err(store::explain_commit)?;
    Ok(receipt)
}

fn refuse_unless_ours(found: &store::Found, reset: bool) -> Result<()> {
    let refused = |message: &str| Error::new(Code::SampleRefused, format!("{message} Nothing was written."));
    if found.foreign_leads {
        return Err(refused("This database holds leads that are not sample leads.").hint("Use an empty database."));
    }
    if !found.is_sample && (found.filled || found.messages) {
        return Err(refused("This database is a live one and is in use.").hint("Use an empty database."));
    }
    if !found.is_sample && found.went_live {
        return Err(refused("This database has gone live: messages are sent from it.").hint("Use an empty database."));
    }
    if found.filled && !reset {
        return Err(refused("This database already holds a sample.").hint("Add `--reset` to replace it."));
    }
    Ok(())
}
