//! What the queue wants to say in leads.status, written one lead per transaction, beside everything else.
//!
//! In the source CRM every update of a lead calls a webhook and waits for it. So the words wait in an outbox, and this drains it on
//! a connection that exists only while there is something to write.

use serde::Serialize;

use crate::{
    db::{Database, stage as db},
    error::Result,
};

/// Words per look.
const BATCH: i32 = 50;

/// What one drain did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Drained {
    pub written: u32,
    /// The word was no longer right, or was tried too often; the row says why.
    pub refused: u32,
    /// The CRM's webhook failed or hung; tried again later.
    pub postponed: u32,
}

/// Writes all words whose time has come. Several desks may do so at once.
pub async fn drain(database: &Database) -> Result<Drained> {
    let mut done = Drained::default();
    let mut conn = database.spare_writer().await?;
    db::set_up(&mut conn).await?;
    loop {
        let waiting = db::waiting(&mut conn, BATCH).await?;
        let before = done;
        for id in waiting {
            match db::write(&mut conn, id).await {
                Ok(state) if state == "written" => done.written += 1,
                Ok(state) if state == "refused" => done.refused += 1,
                Ok(_) => {}
                Err(db::WriteError::Refused(reason)) => {
                    tracing::info!(reason, "a lead's status could not be written");
                    match db::postpone(&mut conn, id, &reason).await?.as_str() {
                        "refused" => done.refused += 1,
                        _ => done.postponed += 1,
                    }
                }
                Err(db::WriteError::Lost(error)) => return Err(error),
            }
        }
        // Nothing waits, or what waits is in another desk's hands.
        if done == before {
            conn.close().await;
            return Ok(done);
        }
    }
}
