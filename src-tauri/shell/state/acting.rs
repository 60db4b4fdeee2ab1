//! For whom this window acts. Held in one place, the open desk: no command passes it, and none can forget it.

use uuid::Uuid;

use super::{Shell, lock};
use crate::{
    action::Desk,
    error::{Code, Error, Result},
};

impl Shell {
    /// From here on this window acts for that operator; the login's own id is acting as oneself. Held here only: it ends with
    /// [`Shell::act_for_myself`], with the database, when the window is locked, and with the program. What was begun goes on as it was begun.
    ///
    /// # Errors
    /// Those of [`Desk::acting_for`]; `WindowLocked` and `NotConnected` where the window was left meanwhile.
    pub async fn act_for(&self, user: Uuid) -> Result<Desk> {
        let desk = self.desk().await?.acting_for(user).await?;
        let mut opened = lock(&self.opened);
        if let Some(error) = self.lock.refuses("act_for") {
            return Err(error);
        }
        match opened.as_mut().filter(|opened| opened.desk.database.is(&desk.database)) {
            Some(opened) => opened.desk.as_user = desk.as_user,
            None => return Err(Error::new(Code::NotConnected, "The database was closed meanwhile. Nothing was done.")),
        }
        tracing::info!(another = desk.as_user.is_some(), "for whom the window acts was chosen");
        Ok(desk)
    }

    /// Ends it. Needs no database.
    pub fn act_for_myself(&self) {
        if let Some(opened) = lock(&self.opened).as_mut()
            && opened.desk.as_user.take().is_some()
        {
            tracing::info!("the window acts for its own operator again");
        }
    }
}
