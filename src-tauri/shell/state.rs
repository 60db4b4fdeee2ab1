//! What the window remembers between two commands. Everything that belongs to one database (desk, previews, automation, upkeep) goes when
//! it is closed, so that nothing of it can be used on the next.

mod acting;
mod follow;

use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tauri::async_runtime::JoinHandle;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncGuard, watch};
use uuid::Uuid;

use super::{
    busy::Busy,
    clipboard::{self, Clipboard, HandOver},
    dialog::SaveDialog,
    lock::Lock,
};
use crate::{
    action::{Desk, Doubts},
    audit::{check, migrate},
    automation::{Control, upkeep},
    config::{Server, Target},
    connect::{self, Connected},
    error::{Code, Error, Result},
    feed,
    model::{
        connection::{Guard, Profile},
        feed::FeedStatus,
        finding::Report,
        plan::Plan,
        preview::Preview,
        receipt::Settled,
    },
    profile::Profiles,
    secrets::{Kept, keychain::Keychain},
};

/// Previews that can still be committed; older ones are stale anyway.
const PLANS: usize = 8;
/// How long closing the window waits for what is on the wire.
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);
const FIRST_LOOK: Duration = Duration::from_secs(3);

/// Where a window goes by itself.
#[derive(Clone)]
pub enum Start {
    /// Named by a flag or the environment.
    At(Target),
    /// A saved connection that was named.
    Saved(Box<Profile>),
    /// Where this person was last; the first time there is no such place, and the window asks.
    Remembered,
    /// Nowhere: it asks.
    Ask,
}

pub struct Shell {
    start: Mutex<Start>,
    opened: Mutex<Option<Opened>>,
    /// Opening and closing go one at a time. A server that was started for an opening that failed is kept for the next try.
    connected: AsyncMutex<Option<Connected>>,
    plans: Mutex<VecDeque<(Desk, Plan)>>,
    automation: Mutex<Control>,
    feed: watch::Sender<FeedStatus>,
    following: Mutex<Option<JoinHandle<()>>>,
    /// What is in doubt, by login and database: it is settled when that one is open again.
    doubts: Mutex<HashMap<String, Doubts>>,
    /// What was settled while the window was covered.
    untold: Mutex<Vec<Settled>>,
    pub profiles: Profiles,
    pub kept: Kept,
    pub keychain: Keychain,
    /// Why the window did not go where it should by itself.
    pub problem: Mutex<Option<Error>>,
    report: Mutex<Option<Report>>,
    pub dialog: Box<dyn SaveDialog>,
    pub hand_over: HandOver,
    exporting: AtomicBool,
    pub export_cancelled: AtomicBool,
    setting_up: AtomicBool,
    pub setup_cancelled: AtomicBool,
    verifying: AtomicBool,
    pub verify_cancelled: AtomicBool,
    pub lock: Lock,
    /// What this computer remembers; none is the platform's folder.
    folder: Option<PathBuf>,
}

/// An open database.
struct Opened {
    desk: Desk,
    upkeep: Option<tauri::async_runtime::JoinHandle<()>>,
}

impl Shell {
    /// Connects at the first command that needs the database.
    pub fn new(start: Start, profiles: Profiles, dialog: Box<dyn SaveDialog>) -> Self {
        Self {
            start: Mutex::new(start),
            opened: Mutex::default(),
            connected: AsyncMutex::new(None),
            plans: Mutex::default(),
            automation: Mutex::default(),
            feed: watch::Sender::new(feed::not_begun()),
            following: Mutex::default(),
            doubts: Mutex::default(),
            untold: Mutex::default(),
            profiles,
            kept: Kept::default(),
            keychain: Keychain::nowhere(),
            problem: Mutex::default(),
            report: Mutex::default(),
            dialog,
            hand_over: HandOver::new(Box::<clipboard::Native>::default()),
            exporting: AtomicBool::new(false),
            export_cancelled: AtomicBool::new(false),
            setting_up: AtomicBool::new(false),
            setup_cancelled: AtomicBool::new(false),
            verifying: AtomicBool::new(false),
            verify_cancelled: AtomicBool::new(false),
            lock: Lock::default(),
            folder: None,
        }
    }

    /// A window onto a desk that is connected already.
    pub fn with_desk(desk: Desk, profiles: Profiles, dialog: Box<dyn SaveDialog>) -> Self {
        let opened = Opened { desk, upkeep: None };
        Self { opened: Mutex::new(Some(opened)), ..Self::new(Start::Ask, profiles, dialog) }
    }

    /// Remembers in this folder instead of the platform's.
    pub fn remembering_in(self, folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// Puts passwords that are made for others there instead of on the system's clipboard.
    pub fn with_clipboard(self, clipboard: Box<dyn Clipboard>) -> Self {
        Self { hand_over: HandOver::new(clipboard), ..self }
    }

    /// Keeps passwords there; without this, for this run only.
    pub fn with_keychain(self, keychain: Keychain) -> Self {
        Self { keychain, ..self }
    }

    /// The folder in which this computer remembers, made where it is not there.
    pub fn folder(&self) -> Result<PathBuf> {
        self.folder.clone().map_or_else(connect::folder, Ok)
    }

    /// The desk of the open database, for whom this window acts: what it does, it does for that operator, and the ledger keeps both. What
    /// an admin does as an admin (operators, logins, erasing, the schema, the sample's clock) asks for nobody else. Where the window goes somewhere by itself, the first call opens it, and a failure is tried again
    /// at the next; otherwise `not_connected`.
    pub async fn desk(&self) -> Result<Desk> {
        if let Some(desk) = self.open_desk() {
            return Ok(desk);
        }
        let slot = self.connected.lock().await;
        if let Some(desk) = self.open_desk() {
            return Ok(desk);
        }
        let start = lock(&self.start).clone();
        match super::remembered::goes_to(self, start).await {
            Ok(Some(target)) => return self.open_into(slot, target).await,
            Ok(None) => {}
            // A keychain asks its question once; the next try is a person's.
            Err(error) => {
                *lock(&self.start) = Start::Ask;
                *lock(&self.problem) = Some(error);
            }
        }
        Err(Error::new(Code::NotConnected, "No database is open. Nothing was done.")
            .hint("Choose one on the connect screen."))
    }

    /// Opens this database. `already_running` while another one is open: it is closed first.
    pub async fn open(&self, target: Target) -> Result<Desk> {
        let slot = self.connected.lock().await;
        if self.open_desk().is_some() {
            return Err(Error::new(Code::AlreadyRunning, "Another database is open in this window. Nothing was done.")
                .hint("Close it first."));
        }
        self.open_into(slot, target).await
    }

    async fn open_into(&self, mut slot: AsyncGuard<'_, Option<Connected>>, target: Target) -> Result<Desk> {
        // A server of our own that an earlier try started serves this one too.
        if !(matches!(target, Target::Embedded) && slot.as_ref().is_some_and(|c| c.embedded.is_some())) {
            give_back(slot.take()).await;
            *slot = Some(Connected::open(target).await?);
        }
        let Some(connected) = slot.as_ref() else { unreachable!("it was just filled") };
        let first = connected.refuse_transaction_pooler().await?;
        connected.set_up().await?;
        let mut desk = connected.desk(first).await?;
        desk.database.keep_doubts(lock(&self.doubts).entry(whose(&desk)).or_default().clone());
        if let Ok(folder) = self.folder() {
            connected.remember(&desk, &folder);
        }
        // A desk that may only look leaves sealing and writing words to the others.
        let upkeep =
            (!desk.database.is_read_only()).then(|| tauri::async_runtime::spawn(upkeep::keep(desk.database.clone())));
        *lock(&self.opened) = Some(Opened { desk: desk.clone(), upkeep });
        Ok(desk)
    }

    /// The open desk; none: no database is open, or not yet.
    pub fn open_desk(&self) -> Option<Desk> {
        lock(&self.opened).as_ref().map(|opened| opened.desk.clone())
    }

    /// The schema check, on a connection of its own. The embedded database is checked as its owner, who sees every row.
    pub async fn check(&self) -> Result<Report> {
        let desk = self.desk().await?;
        let desk = desk.database.options();
        let checking = self.connected.lock().await.as_ref().map(Connected::checking).transpose()?;
        let report = match checking {
            Some(checking) => checking.run().await?,
            None => check::run(desk, desk.get_username()).await?,
        };
        *lock(&self.report) = Some(report.clone());
        Ok(report)
    }

    /// The last report, for saving it.
    pub fn report(&self) -> Result<Report> {
        lock(&self.report).clone().ok_or_else(|| {
            Error::new(Code::NotFound, "There is no report yet. Nothing was written.").hint("Check the schema first.")
        })
    }

    /// What a migration would do here now.
    pub async fn preview(&self) -> Result<Preview> {
        migrate::look(&self.owner_of_open().await?.options).await
    }

    /// What is missing here, as SQL for an editor.
    pub async fn script(&self) -> Result<String> {
        migrate::write_script(&self.owner_of_open().await?.options).await
    }

    /// How the open database is set up: as its owner, where that login is ours.
    pub async fn owner_of_open(&self) -> Result<Server> {
        let desk = self.desk().await?;
        let owner = self.connected.lock().await.as_ref().map(Connected::owner_options);
        let options = owner.unwrap_or_else(|| desk.database.options().clone());
        if desk.guard == Guard::ReadOnly {
            return Err(connect::only_for_looking());
        }
        Ok(Server { options, environment: desk.environment, guard: desk.guard, read_only: false })
    }

    /// Keeps a preview, so that committing sends back nothing but its id.
    pub fn keep(&self, desk: &Desk, plan: Plan) {
        let mut plans = lock(&self.plans);
        plans.truncate(PLANS - 1);
        plans.push_front((desk.clone(), plan));
    }

    /// A preview of this very desk: one that was made on another database, or for another operator, is not at hand.
    pub fn plan(&self, desk: &Desk, id: Uuid) -> Result<Plan> {
        let plans = lock(&self.plans);
        let found = plans
            .iter()
            .find(|(of, plan)| plan.id == id && of.database.is(&desk.database) && of.as_user == desk.as_user);
        found.map(|(_, plan)| plan.clone()).ok_or_else(|| {
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
        let busy = Busy::begin(&self.exporting, "An export is open already.")?;
        self.export_cancelled.store(false, Ordering::Release);
        Ok(busy)
    }

    /// One verification at a time; the guard ends it.
    pub fn begin_verify(&self) -> Result<Busy<'_>> {
        let busy = Busy::begin(&self.verifying, "The ledger is being verified already.")?;
        self.verify_cancelled.store(false, Ordering::Release);
        Ok(busy)
    }

    /// One set-up at a time; the guard ends it.
    pub fn begin_setup(&self) -> Result<Busy<'_>> {
        let busy = Busy::begin(&self.setting_up, "This window is setting a database up already.")?;
        self.setup_cancelled.store(false, Ordering::Release);
        Ok(busy)
    }

    /// Closes the open database, so that the window asks for another. While automation runs here it is refused (`already_running`),
    /// unless it may be stopped; then it waits for what is on the wire, and is refused (`busy`) where that takes too long.
    pub async fn leave(&self, stop_automation: bool) -> Result<()> {
        let mut slot = self.connected.lock().await;
        let control = self.automation();
        if control.is_taken() && !stop_automation {
            return Err(Error::new(Code::AlreadyRunning, "Automation is running on this desk. Nothing was done.")
                .hint("Stop it first."));
        }
        if !stopped(&control).await {
            return Err(Error::new(Code::Busy, "Messages are still on the wire, so the database stays open.")
                .hint("Automation is stopping. Try again when they have an answer."));
        }
        self.export_cancelled.store(true, Ordering::Release);
        self.setup_cancelled.store(true, Ordering::Release);
        self.unfollow();
        let opened = lock(&self.opened).take();
        *lock(&self.start) = Start::Ask;
        lock(&self.plans).clear();
        *lock(&self.automation) = Control::default();
        if let Some(Opened { desk, upkeep }) = opened {
            // Closed first: what upkeep is doing comes to its end, and it cannot begin anew.
            desk.database.close().await;
            if let Some(upkeep) = upkeep {
                upkeep.abort();
            }
        }
        give_back(slot.take()).await;
        Ok(())
    }

    /// The window closes: takes a password of ours off the clipboard, stops automation after what is on the wire, then gives the embedded server back.
    pub async fn close(&self) {
        self.hand_over.forget();
        self.unfollow();
        if !stopped(&self.automation()).await {
            tracing::warn!("closed while messages were on the wire; the next run settles them as unknown");
        }
        // While the first command is still starting the server there is nothing to give back; the next start takes it over.
        let Ok(mut connected) = tokio::time::timeout(CLOSE_PATIENCE, self.connected.lock()).await else { return };
        give_back(connected.take()).await;
    }
}

/// Login and database, by which doubts are found again. The server of this computer comes back on another port.
fn whose(desk: &Desk) -> String {
    let options = desk.database.options();
    let (host, port) = match desk.embedded {
        true => ("embedded", 0),
        false => (options.get_host(), options.get_port()),
    };
    format!("{}@{host}:{port}/{}", options.get_username(), options.get_database().unwrap_or_default())
}

/// Asks a run to stop and waits for it; false: messages are still on the wire.
async fn stopped(control: &Control) -> bool {
    control.stop();
    let idle = async {
        while control.is_taken() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(CLOSE_PATIENCE, idle).await.is_ok()
}

async fn give_back(connected: Option<Connected>) {
    if let Some(embedded) = connected.and_then(|c| c.embedded)
        && let Err(error) = connect::blocking(move || embedded.stop()).await
    {
        tracing::warn!(code = ?error.code, "the embedded server could not be stopped");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
