//! The operator's verbs, one file each. An action previews or applies; the database decides, writes rows, ledger and receipt
//! together, and the receipt is what comes back.

pub mod export;
pub mod grids;
pub mod lead;
pub mod ledger;
pub mod prepare;
pub mod session;
pub mod setting;
pub mod stop;
pub mod take;
pub mod undo;

use uuid::Uuid;

use crate::{
    db::{Database, session as db},
    error::{Code, Error, Result},
};

/// A place to act from: a database, and for whom.
#[derive(Clone)]
pub struct Desk {
    pub database: Database,
    /// For people: "Local database", or host/database.
    pub name: String,
    pub embedded: bool,
    /// An admin acting for another operator; none is the login's own operator.
    pub as_user: Option<Uuid>,
}

impl Desk {
    /// The same desk, acting for the operator with this id or name. `no_operator` when there is none, or more than one.
    pub async fn acting_as(mut self, id_or_name: &str) -> Result<Self> {
        let found = db::operator_named(&mut self.database.reader().await?, id_or_name).await?;
        match found.as_slice() {
            [operator] => self.as_user = Some(operator.user_id),
            [] => {
                return Err(Error::new(
                    Code::NoOperator,
                    format!("There is no active operator \"{id_or_name}\". Nothing was changed."),
                )
                .field("as")
                .hint("Give the name as it is in the list of operators, or the id."));
            }
            _ => {
                return Err(Error::new(
                    Code::NoOperator,
                    format!("Several operators are called \"{id_or_name}\". Nothing was changed."),
                )
                .field("as")
                .hint("Give the id."));
            }
        }
        Ok(self)
    }
}
