//! Automation: claim, gate, dispatch, settle, until stopped. Any number of desks may run on one queue; the fences are in the
//! database (migrations/queue_desk/functions/automation.sql). This loop keeps the promises that only a process can: a request starts within
//! 5 s of its dispatch or not at all, an answer is settled soon, a heart beats meanwhile.

pub mod outbox;
pub mod upkeep;
mod worker;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::sync::watch;
use uuid::Uuid;

use self::worker::Worker;
use crate::{
    action::Desk,
    db::run as db,
    error::Result,
    model::{
        receipt::Receipt,
        run::{RunState, RunStatus},
        settings::{Settings, SettingsRow},
    },
    sender::Sender,
};

/// How long to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// One batch.
    OneBatch,
    /// Nothing is due and no other desk has anything on the wire, waiting out the rescue of dead ones. Ignores the pace
    /// between batches.
    Drained,
    /// Somebody stops it.
    Stopped,
}

/// How a run is started.
pub struct RunOptions {
    pub until: Until,
    /// Messages to claim at once; none: the operator's setting.
    pub batch: Option<u32>,
}

/// Asks a run to stop after what is on the wire, and shows what it is doing.
#[derive(Clone)]
pub struct Control {
    stop: Arc<watch::Sender<bool>>,
    status: Arc<Mutex<RunStatus>>,
    phase: Arc<watch::Sender<Phase>>,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            stop: Arc::new(watch::Sender::new(false)),
            status: Arc::default(),
            phase: Arc::new(watch::Sender::new(Phase::New)),
        }
    }
}

/// Where a run is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    /// A run was promised to this control, and the database has not answered yet.
    Starting,
    Started,
    Ended,
}

impl Control {
    /// A control that counts as taken until its run ends.
    pub fn starting() -> Self {
        let control = Self::default();
        control.phase.send_replace(Phase::Starting);
        control
    }

    /// Whether a run of this control is starting or going on.
    pub fn is_taken(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Starting | Phase::Started)
    }

    /// Waits until the database has let the run start; false when it refused.
    pub async fn started(&self) -> bool {
        let mut phase = self.phase.subscribe();
        let found = phase.wait_for(|phase| matches!(phase, Phase::Started | Phase::Ended)).await;
        matches!(found.as_deref(), Ok(Phase::Started))
    }

    pub fn stop(&self) {
        self.stop.send_replace(true);
        self.change(|status| {
            if status.state == RunState::Running {
                status.state = RunState::Stopping;
            }
        });
    }

    pub fn status(&self) -> RunStatus {
        self.status.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut RunStatus)) {
        change(&mut self.status.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Sleeps, unless stopped; true when stopped.
    async fn rest(&self, time: Duration) -> bool {
        let mut stop = self.stop.subscribe();
        tokio::time::timeout(time, stop.wait_for(|stopped| *stopped)).await.is_ok()
    }
}

/// Runs until done and returns the receipt, whose numbers come from the deliveries in the database. `report` is called after
/// each batch and each change of state. Refused by the database: `sender_refused`, `no_operator`.
pub async fn run(
    desk: &Desk,
    sender: &dyn Sender,
    options: &RunOptions,
    control: &Control,
    report: &(dyn Fn(RunStatus) + Send + Sync),
) -> Result<Receipt> {
    let receipt = start_and_work(desk, sender, options, control, report).await;
    control.phase.send_replace(Phase::Ended);
    receipt
}

async fn start_and_work(
    desk: &Desk,
    sender: &dyn Sender,
    options: &RunOptions,
    control: &Control,
    report: &(dyn Fn(RunStatus) + Send + Sync),
) -> Result<Receipt> {
    let settings = settings(desk).await;
    let worker_id = Uuid::new_v4();
    let timeout = i32::try_from(sender.timeout().as_secs()).unwrap_or(i32::MAX);
    // Found out before it begins is not found out while it goes on.
    desk.database.compare().await?;
    let loss = desk.database.loss();
    let started =
        db::start(&mut desk.database.writer().await?, worker_id, desk.as_user, sender.name(), timeout).await?;
    control.change(|status| {
        *status = RunStatus {
            state: RunState::Running,
            run_id: Some(started.run_id),
            sender: Some(sender.name().to_owned()),
            started_at: Some(started.started_at),
            operator: started.operator.clone(),
            ..RunStatus::default()
        };
    });
    control.phase.send_replace(Phase::Started);
    report(control.status());

    let mut worker = Worker {
        desk,
        sender,
        control,
        report,
        id: worker_id,
        run: started.run_id,
        batch: i32::try_from(options.batch.unwrap_or(settings.batch_size).clamp(1, 500)).unwrap_or(50),
        rescued: db::Rescued::default(),
        began: std::time::Instant::now(),
        loss,
    };
    let pause = Duration::from_secs(u64::from(settings.batch_delay_seconds));
    let (beating, nudging) = (worker.beat(), worker.nudge());
    let ended = worker.work(options.until, pause).await;
    desk.database.keep_seen();
    beating.abort();
    nudging.abort();
    let stopped_because = ended.as_ref().err().map(|e| e.message.clone());
    let receipt = match &ended {
        // A connection in doubt: the run stays open and is rescued by whoever runs next.
        Err(e) if !worker::is_answered(e) => Err(e.clone()),
        _ => match desk.database.writer().await {
            Ok(mut conn) => db::finish(&mut conn, started.run_id, worker_id).await,
            Err(e) => Err(e),
        },
    };
    if receipt.is_ok() {
        upkeep::write_figures(&desk.database).await;
    }
    control.change(|status| {
        status.state = RunState::Idle;
        status.in_flight = 0;
        status.stopped_because = stopped_because;
    });
    report(control.status());
    ended?;
    receipt
}

/// The operator's own pace; a runner without an operator gets the defaults.
async fn settings(desk: &Desk) -> Settings {
    let stored = crate::action::setting::get(desk, "").await.unwrap_or_default();
    Settings::read(&SettingsRow {
        work_days: stored.get("work_days").cloned(),
        processing_targets: stored.get("processing_targets").cloned(),
        advanced: stored.get("advanced").cloned(),
    })
}
