//! What the window remembers between two commands.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Mutex as AsyncMutex, OnceCell};
use uuid::Uuid;

use super::dialog::SaveDialog;
use crate::{
    action::Desk,
    audit::check,
    automation::{Control, upkeep},
    config::Target,
    connect::{self, Connected},
    error::{Code, Error, Result},
    model::{finding::Report, plan::Plan},
};

/// Previews that can still be committed; older ones are stale anyway.
const PLANS: usize = 8;
/// How long closing the window waits for what is on the wire.
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);

pub struct Shell {
    target: Target,
    desk: OnceCell<Desk>,
    connected: AsyncMutex<Option<Connected>>,
    plans: Mutex<VecDeque<Plan>>,
    automation: Mutex<Control>,
    pub dialog: Box<dyn SaveDialog>,
    exporting: AtomicBool,
    pub export_cancelled: AtomicBool,
    verifying: AtomicBool,
    pub verify_cancelled: AtomicBool,
    /// What this computer remembers; none is the platform's folder.
    folder: Option<PathBuf>,
}

impl Shell {
    /// Connects at the first command that needs the database.
    pub fn new(target: Target, dialog: Box<dyn SaveDialog>) -> Self {
        Self {
            target,
            desk: OnceCell::new(),
            connected: AsyncMutex::new(None),
            plans: Mutex::default(),
            automation: Mutex::default(),
            dialog,
            exporting: AtomicBool::new(false),
            export_cancelled: AtomicBool::new(false),
            verifying: AtomicBool::new(false),
            verify_cancelled: AtomicBool::new(false),
            folder: None,
        }
    }

    /// A window onto a desk that is connected already.
    pub fn with_desk(desk: Desk, dialog: Box<dyn SaveDialog>) -> Self {
        Self { desk: OnceCell::new_with(Some(desk)), ..Self::new(Target::Embedded, dialog) }
    }

    /// Remembers in this folder instead of the platform's.
    pub fn remembering_in(self, folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// The folder in which this computer remembers, made where it is not there.
    pub fn folder(&self) -> Result<PathBuf> {
        self.folder.clone().map_or_else(connect::folder, Ok)
    }

    /// The desk; the first call connects, starting and filling the embedded database where that is the target. A failure is
    /// tried again at the next call.
    pub async fn desk(&self) -> Result<&Desk> {
        self.desk
            .get_or_try_init(|| async {
                let mut slot = self.connected.lock().await;
                if slot.is_none() {
                    *slot = Some(Connected::open(self.target.clone()).await?);
                }
                let Some(connected) = slot.as_ref() else { unreachable!("it was just filled") };
                connected.set_up().await?;
                let desk = connected.desk().await?;
                tauri::async_runtime::spawn(upkeep::keep(desk.database.clone()));
                Ok(desk)
            })
            .await
    }

    /// The schema check, on a connection of its own. The embedded database is checked as its owner, who sees every row.
    pub async fn check(&self) -> Result<Report> {
        let desk = self.desk().await?.database.options();
        let owner = self.connected.lock().await.as_ref().map(Connected::owner_options);
        check::run(owner.as_ref().unwrap_or(desk), desk.get_username()).await
    }

    /// Keeps a preview, so that committing sends back nothing but its id.
    pub fn keep(&self, plan: Plan) {
        let mut plans = lock(&self.plans);
        plans.truncate(PLANS - 1);
        plans.push_front(plan);
    }

    pub fn plan(&self, id: Uuid) -> Result<Plan> {
        lock(&self.plans).iter().find(|plan| plan.id == id).cloned().ok_or_else(|| {
            Error::new(Code::PlanStale, "This plan is no longer at hand. Nothing was queued.").hint("Make a new plan.")
        })
    }

    /// The control of this window's automation.
    pub fn automation(&self) -> Control {
        lock(&self.automation).clone()
    }

    /// A fresh control for a new run; `already_running` while one goes on.
    pub fn begin_automation(&self) -> Result<Control> {
        let mut slot = lock(&self.automation);
        if slot.is_taken() {
            return Err(Error::new(Code::AlreadyRunning, "Automation is running on this desk already."));
        }
        *slot = Control::starting();
        Ok(slot.clone())
    }

    /// One export at a time; the guard ends it.
    pub fn begin_export(&self) -> Result<Busy<'_>> {
        begin(&self.exporting, &self.export_cancelled, "An export is open already.")
    }

    /// One verification at a time; the guard ends it.
    pub fn begin_verify(&self) -> Result<Busy<'_>> {
        begin(&self.verifying, &self.verify_cancelled, "The ledger is being verified already.")
    }

    /// Stops automation after what is on the wire, then gives the embedded server back.
    pub async fn close(&self) {
        let control = self.automation();
        control.stop();
        let idle = async {
            while control.is_taken() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(CLOSE_PATIENCE, idle).await.is_err() {
            tracing::warn!("closed while messages were on the wire; the next run settles them as unknown");
        }
        // While the first command is still starting the server there is nothing to give back; the next start takes it over.
        let Ok(mut connected) = tokio::time::timeout(CLOSE_PATIENCE, self.connected.lock()).await else { return };
        if let Some(embedded) = connected.take().and_then(|c| c.embedded)
            && let Err(error) = connect::blocking(move || embedded.stop()).await
        {
            tracing::warn!(code = ?error.code, "the embedded server could not be stopped");
        }
    }
}

/// Something of which there is one at a time, until dropped.
pub struct Busy<'a>(&'a AtomicBool);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn begin<'a>(busy: &'a AtomicBool, cancelled: &AtomicBool, already: &str) -> Result<Busy<'a>> {
    if busy.swap(true, Ordering::AcqRel) {
        return Err(Error::new(Code::AlreadyRunning, already));
    }
    cancelled.store(false, Ordering::Release);
    Ok(Busy(busy))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
