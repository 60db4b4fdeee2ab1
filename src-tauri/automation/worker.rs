//! One run's loop.

use std::time::{Duration, Instant, SystemTime};

use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Control, Until};
use crate::{
    action::Desk,
    db::{
        feed,
        run::{self as db, Claimed, Outcome, Settled},
    },
    error::{Code, Error, Result},
    model::{feed::Loss, run::RunStatus},
    sender::{Answer, Outgoing, Sender},
};

/// A dispatch is good for this long; a request that could not start by then is settled as not sent.
const DISPATCH_IS_GOOD_FOR: Duration = Duration::from_secs(5);
/// Answers wait at most this long, or for this many, before they are settled together.
const SETTLE_AFTER: Duration = Duration::from_millis(250);
const SETTLE_AT: usize = 10;
const HEARTBEAT: Duration = Duration::from_secs(5);
const RESCUE_EVERY: Duration = Duration::from_secs(10);
/// Other desks need not hear of each message.
const NUDGE_EVERY: Duration = Duration::from_millis(500);
/// A settle that met a busy row or a broken connection is tried again this often: settling twice changes nothing.
const SETTLE_TRIES: u32 = 5;
/// How often an idle run looks at the queue.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Busy turns in a row before a run gives up.
const BUSY_TURNS: u32 = 20;

pub struct Worker<'a> {
    pub desk: &'a Desk,
    pub sender: &'a dyn Sender,
    pub control: &'a Control,
    pub report: &'a (dyn Fn(RunStatus) + Send + Sync),
    pub id: Uuid,
    pub run: Uuid,
    pub batch: i32,
    pub rescued: db::Rescued,
    pub began: Instant,
    /// What was known to be lost when it began.
    pub loss: Option<Loss>,
}

/// Whether the database answered, so that the connection may be used again for the receipt.
pub fn is_answered(error: &Error) -> bool {
    !matches!(error.code, Code::CommitInDoubt | Code::ConnectionLost | Code::NoConnection)
}

impl Worker<'_> {
    /// Says every few seconds that this worker lives, and passes on a stop that came through the database. Ends by `abort`.
    pub fn beat(&self) -> JoinHandle<()> {
        let (database, control, run, id) = (self.desk.database.clone(), self.control.clone(), self.run, self.id);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(HEARTBEAT).await;
                let beat = match database.writer().await {
                    Ok(mut conn) => db::heartbeat(&mut conn, run, id).await,
                    Err(e) => Err(e),
                };
                match beat {
                    Ok(beat) if beat.stop => control.stop(),
                    Ok(_) => {}
                    Err(e) => tracing::warn!(code = ?e.code, "the heartbeat did not reach the database"),
                }
            }
        })
    }

    /// Wakes the desks that listen, twice a second while something happens. NOTIFY makes commits wait for each other, so the loop's own
    /// have none; and it goes through the reader, so that the loop does not wait for it. Ends by `abort`.
    pub fn nudge(&self) -> JoinHandle<()> {
        let (database, control) = (self.desk.database.clone(), self.control.clone());
        tokio::spawn(async move {
            let mut told = None;
            loop {
                tokio::time::sleep(NUDGE_EVERY).await;
                let totals = Some(control.status().totals);
                if told == totals {
                    continue;
                }
                let nudged = match database.reader().await {
                    Ok(mut conn) => feed::nudge(&mut conn).await,
                    Err(e) => Err(e),
                };
                match nudged {
                    Ok(()) => told = totals,
                    Err(e) => tracing::debug!(code = ?e.code, "nobody was nudged; other desks look by themselves"),
                }
            }
        })
    }

    /// Until it is done or stopped. A busy moment of the database ends no run: the turn is tried again.
    pub async fn work(&mut self, until: Until, pause: Duration) -> Result<()> {
        let mut busy = 0;
        let mut rescued_at: Option<Instant> = None;
        while !self.control.is_stopping() {
            match self.turn(until, pause, &mut rescued_at).await {
                Ok(true) => return Ok(()),
                Ok(false) => busy = 0,
                Err(e) if e.code == Code::Busy && busy < BUSY_TURNS => {
                    busy += 1;
                    tracing::info!(busy, "the database was busy, trying again");
                    self.control.rest(Duration::from_millis(300) * busy).await;
                }
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// One look at the queue and what follows from it; true when the run is done.
    async fn turn(&mut self, until: Until, pause: Duration, rescued_at: &mut Option<Instant>) -> Result<bool> {
        if rescued_at.is_none_or(|at| at.elapsed() >= RESCUE_EVERY) || until == Until::Drained {
            self.rescue().await?;
            *rescued_at = Some(Instant::now());
        }
        let mut conn = self.desk.database.writer().await?;
        self.refuse_after_loss()?;
        let claimed =
            db::claim(&mut conn, self.id, self.run, self.desk.as_user, self.batch, self.sender.name()).await?;
        drop(conn);
        if claimed.is_empty() {
            match until {
                Until::OneBatch => return Ok(true),
                Until::Drained if self.is_drained().await? => return Ok(true),
                Until::Drained => self.control.rest(Duration::from_millis(500)).await,
                Until::Stopped => {
                    self.look().await?;
                    self.control.rest(LOOK_EVERY).await
                }
            };
            return Ok(false);
        }
        self.send(&claimed).await?;
        if until == Until::OneBatch {
            return Ok(true);
        }
        if until == Until::Stopped {
            self.look().await?;
            // The pace between batches is for a queue that has more than a batch; the rest goes when its slot comes.
            let full = claimed.len() >= usize::try_from(self.batch).unwrap_or(usize::MAX);
            self.control.rest(if full { pause } else { LOOK_EVERY }).await;
        }
        Ok(false)
    }

    async fn rescue(&mut self) -> Result<()> {
        let found = db::rescue(&mut self.desk.database.writer().await?, self.id).await?;
        self.rescued.returned += found.returned;
        self.rescued.unknown += found.unknown;
        self.rescued.foreign += found.foreign;
        let total = self.rescued.returned + self.rescued.unknown + self.rescued.foreign;
        self.control.change(|status| status.totals.rescued = total);
        Ok(())
    }

    async fn is_drained(&self) -> Result<bool> {
        let outlook = db::outlook(&mut self.desk.database.writer().await?, self.id, self.desk.as_user).await?;
        Ok(outlook.due == 0 && outlook.live == 0)
    }

    /// Tells the screen when the next message may go.
    async fn look(&self) -> Result<()> {
        let outlook = db::outlook(&mut self.desk.database.writer().await?, self.id, self.desk.as_user).await?;
        let minute = self.minute();
        self.control.change(|status| {
            status.next_at = outlook.next_at;
            status.count_sent(minute, 0);
        });
        (self.report)(self.control.status());
        Ok(())
    }

    /// Dispatches each claimed message on its own and settles the answers together. A stop gives the rest back, and so does a
    /// database that fails: what is known is settled before the error is passed on.
    async fn send(&self, claimed: &[Claimed]) -> Result<()> {
        self.control.change(|status| status.totals.claimed += count(claimed.len()));
        let mut answers: Vec<Settled> = Vec::new();
        let mut since = Instant::now();
        let mut broken: Option<Error> = None;
        for one in claimed {
            if broken.is_some() || self.control.is_stopping() {
                answers.push(settled(*one, Answer::NotSent));
                continue;
            }
            let asked_at = (Instant::now(), SystemTime::now());
            let dispatch = match self.dispatch(*one).await {
                Ok(dispatch) => dispatch,
                Err(e) => {
                    // Whether or not it was committed, no request began.
                    answers.push(settled(*one, Answer::NotSent));
                    // Somebody holds this lead: its turn comes again.
                    broken = Some(e).filter(|e| e.code != Code::Busy);
                    continue;
                }
            };
            if !dispatch.go {
                let cancelled = dispatch.reason.as_deref() == Some("cancelled");
                self.control.change(|s| if cancelled { s.totals.cancelled += 1 } else { s.totals.returned += 1 });
                continue;
            }
            let message = Outgoing {
                message_id: one.message_id,
                attempt: one.attempt,
                phone: dispatch.phone,
                content: dispatch.content,
                template: dispatch.template,
                variables: dispatch.variables,
            };
            self.desk.database.sends(dispatch.proof);
            self.control.change(|status| status.in_flight += 1);
            answers.push(settled(*one, self.request(&message, asked_at).await));
            if answers.len() >= SETTLE_AT || since.elapsed() >= SETTLE_AFTER {
                self.settle(&mut answers).await?;
                since = Instant::now();
            }
        }
        self.settle(&mut answers).await?;
        broken.map_or(Ok(()), Err)
    }

    async fn dispatch(&self, one: Claimed) -> Result<db::Dispatch> {
        let mut conn = self.desk.database.writer().await?;
        self.refuse_after_loss()?;
        db::dispatch(&mut conn, one, self.id).await
    }

    /// The database that this run began on went back to an earlier state: it does not go on by itself.
    fn refuse_after_loss(&self) -> Result<()> {
        match self.desk.database.loss() {
            Some(loss) if self.loss.as_ref() != Some(&loss) => Err(went_back(&loss)),
            _ => Ok(()),
        }
    }

    /// Of this run, from 0.
    fn minute(&self) -> u32 {
        u32::try_from(self.began.elapsed().as_secs() / 60).unwrap_or(u32::MAX)
    }

    /// Both clocks are asked: the monotonic one stands still while the computer sleeps, the other one may be set.
    async fn request(&self, message: &Outgoing, (asked, asked_at): (Instant, SystemTime)) -> Answer {
        let slept = asked_at.elapsed().is_ok_and(|time| time > DISPATCH_IS_GOOD_FOR);
        if slept || asked.elapsed() > DISPATCH_IS_GOOD_FOR {
            return Answer::NotSent;
        }
        tokio::time::timeout(self.sender.timeout(), self.sender.send(message)).await.unwrap_or(Answer::Unknown)
    }

    async fn settle(&self, answers: &mut Vec<Settled>) -> Result<()> {
        if answers.is_empty() {
            return Ok(());
        }
        self.desk.database.heard_back(answers);
        let mut tries = 0;
        let outcome = loop {
            match self.settle_once(answers).await {
                Ok(outcome) => break outcome,
                Err(e) if tries < SETTLE_TRIES && (e.retryable || e.code == Code::CommitInDoubt) => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(200) * tries).await;
                }
                Err(e) => return Err(e),
            }
        };
        if outcome.conflicts > 0 {
            tracing::warn!(conflicts = outcome.conflicts, "messages changed hands while they were on the wire");
        }
        let minute = self.minute();
        let sent = answers.iter().filter(|answer| answer.outcome == Outcome::Sent).count();
        self.control.change(|status| {
            status.count_sent(minute, count(sent));
            for answer in answers.iter() {
                match answer.outcome {
                    Outcome::Sent => status.totals.sent += 1,
                    Outcome::Failed => status.totals.failed += 1,
                    Outcome::Unknown => status.totals.unknown += 1,
                    Outcome::NotSent => status.totals.returned += 1,
                }
            }
            status.in_flight = 0;
        });
        answers.clear();
        (self.report)(self.control.status());
        Ok(())
    }

    async fn settle_once(&self, answers: &[Settled]) -> Result<db::SettleCount> {
        db::settle(&mut self.desk.database.writer().await?, self.id, answers).await
    }
}

/// Why a run ends then.
fn went_back(loss: &Loss) -> Error {
    let rows = match loss.rows {
        1 => "1 ledger row that this desk saw is gone".to_owned(),
        rows => format!("{rows} ledger rows that this desk saw are gone"),
    };
    Error::new(Code::WentBack, format!("The database went back to an earlier state: {rows}. Automation stopped."))
        .hint("Messages may have been sent that it does not know of. Compare with WhatsApp before you resume and start again.")
}

fn settled(claimed: Claimed, answer: Answer) -> Settled {
    let (outcome, provider_message_id, error_code) = match answer {
        Answer::Accepted { provider_message_id } => (Outcome::Sent, Some(provider_message_id), None),
        Answer::Refused { code } => (Outcome::Failed, None, Some(code)),
        Answer::NotSent => (Outcome::NotSent, None, None),
        Answer::Unknown => (Outcome::Unknown, None, None),
    };
    Settled { message_id: claimed.message_id, attempt: claimed.attempt, outcome, provider_message_id, error_code }
}

fn count(messages: usize) -> u32 {
    u32::try_from(messages).unwrap_or(u32::MAX)
}
