//! The operator's verbs, one file each. An action previews or applies; the database decides, writes rows, ledger and receipt
//! together, and the receipt is what comes back.

pub mod adopt;
pub mod assign;
pub mod cancel;
pub mod erase;
pub mod export;
pub mod grids;
pub mod lead;
pub mod ledger;
pub mod login;
pub mod metrics;
pub mod operator;
pub mod opt_out;
pub mod pause;
pub mod prepare;
pub mod quarantine;
pub mod reschedule;
pub mod resolve;
pub mod session;
pub mod setting;
pub mod stop;
pub mod take;
pub mod undo;

use uuid::Uuid;

pub use crate::db::doubt::Doubts;

use crate::{
    db::{Database, session as db},
    error::{Code, Error, Result},
    model::connection::{Environment, Guard},
};

/// A place to act from: a database, and for whom.
#[derive(Clone)]
pub struct Desk {
    pub database: Database,
    /// For people: "Local database", or host/database.
    pub name: String,
    pub embedded: bool,
    /// What the database is for; a sample is a sample everywhere.
    pub environment: Environment,
    /// How careful the window is with it.
    pub guard: Guard,
    /// An admin acting for another operator; none is the login's own operator.
    pub as_user: Option<Uuid>,
}

impl Desk {
    /// The same desk, acting for the operator with this id or name. `no_operator` when there is none, or more than one.
    pub async fn acting_as(mut self, id_or_name: &str) -> Result<Self> {
        self.as_user = Some(self.operator(id_or_name, "as").await?);
        Ok(self)
    }

    /// The same desk, acting for this operator; the login's own id is nobody else. The database says whether this login may, and says it
    /// again at each act.
    ///
    /// # Errors
    /// `NoPermission` for all but an admin; `NoOperator` where there is no such active operator.
    pub async fn acting_for(mut self, user: Uuid) -> Result<Self> {
        let mut conn = self.database.reader().await?;
        let user = db::acting_as(&mut conn, user).await?;
        let own = db::whoami(&mut conn).await?.user_id;
        drop(conn);
        self.as_user = Some(user).filter(|user| own != Some(*user));
        Ok(self)
    }

    /// The same desk in the login's own name: for what an admin does as an admin, whoever he acts for.
    pub fn in_own_name(self) -> Self {
        Self { as_user: None, ..self }
    }

    /// The active operator with this id or name; `field` is where it was given.
    pub async fn operator(&self, id_or_name: &str, field: &str) -> Result<Uuid> {
        let found = db::operator_named(&mut self.database.reader().await?, id_or_name).await?;
        match found.as_slice() {
            [operator] => Ok(operator.user_id),
            [] => Err(Error::new(
                Code::NoOperator,
                format!("There is no active operator \"{id_or_name}\". Nothing was changed."),
            )
            .field(field)
            .hint("Give the name as it is in the list of operators, or the id.")),
            _ => Err(Error::new(
                Code::NoOperator,
                format!("Several operators are called \"{id_or_name}\". Nothing was changed."),
            )
            .field(field)
            .hint("Give the id.")),
        }
    }
}

/// What the database refused as an input gets the name of that input.
fn at_field<T>(result: Result<T>, field: &str) -> Result<T> {
    result.map_err(|e| if e.code == Code::BadInput { e.field(field) } else { e })
}
