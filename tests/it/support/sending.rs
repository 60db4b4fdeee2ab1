//! What automation's tests need: a provider that remembers, a worker that is moved by hand, and the rows read afterwards.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use queue_desk::{
    action::Desk,
    automation::{self, Control, RunOptions, Until},
    db::run::{self as db, Claimed, Dispatch, Outcome, SettleCount, Settled},
    error::Error,
    model::receipt::Receipt,
    sender::{Answer, Outgoing, Sender, Sending},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Office, TestDatabase};

/// How the provider reacts to one message.
#[derive(Debug, Clone)]
pub enum Reply {
    Say(Answer),
    Hang,
}

/// A provider of the tests' own: remembers everything it was asked to send.
pub struct Fake {
    pub name: &'static str,
    pub delay: Duration,
    /// For all messages but those in `replies`; none is "accepted".
    pub reply: Option<Reply>,
    /// By phone.
    pub replies: HashMap<String, Reply>,
    /// While true, every request waits.
    pub held: AtomicBool,
    seen: Mutex<Vec<(Uuid, String)>>,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            name: "fake",
            delay: Duration::ZERO,
            reply: None,
            replies: HashMap::new(),
            held: AtomicBool::new(false),
            seen: Mutex::default(),
        }
    }
}

impl Fake {
    pub fn named(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    pub fn saying(reply: Reply) -> Self {
        Self { reply: Some(reply), ..Self::default() }
    }

    pub fn slow(milliseconds: u64) -> Self {
        Self { delay: Duration::from_millis(milliseconds), ..Self::default() }
    }

    /// Every (message, phone) it was asked to send, in order.
    pub fn seen(&self) -> Vec<(Uuid, String)> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until it was asked to send `count` messages.
    pub async fn has_seen(&self, count: usize) {
        for _ in 0..1000 {
            if self.seen().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the provider saw {} messages, not {count}", self.seen().len());
    }
}

impl Sender for Fake {
    fn name(&self) -> &'static str {
        self.name
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            self.seen.lock().unwrap().push((message.message_id, message.phone.clone()));
            tokio::time::sleep(self.delay).await;
            while self.held.load(Ordering::Acquire) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            match self.replies.get(&message.phone).or(self.reply.as_ref()) {
                Some(Reply::Say(answer)) => answer.clone(),
                Some(Reply::Hang) => std::future::pending().await,
                None => Answer::Accepted { provider_message_id: format!("fake:{}", message.message_id) },
            }
        })
    }
}

/// Runs automation once more from the start.
pub async fn automate(desk: &Desk, sender: &dyn Sender, until: Until) -> Result<Receipt, Error> {
    automate_with(desk, sender, until, &Control::default()).await
}

pub async fn automate_with(
    desk: &Desk,
    sender: &dyn Sender,
    until: Until,
    control: &Control,
) -> Result<Receipt, Error> {
    automation::run(desk, sender, &RunOptions { until, batch: None }, control, &|_| {}).await
}

/// A worker that is moved by hand, one call at a time, so that a test can act between two of them.
pub struct Hand {
    pub desk: Desk,
    pub worker: Uuid,
    pub run: Uuid,
}

impl Hand {
    pub async fn of(database: &TestDatabase, login: &str) -> Self {
        let desk = database.desk(login).await;
        let worker = Uuid::new_v4();
        let run = db::start(&mut desk.database.writer().await.unwrap(), worker, None, "fake", 2).await.unwrap().run_id;
        Self { desk, worker, run }
    }

    pub async fn claim(&self) -> Vec<Claimed> {
        let mut conn = self.desk.database.writer().await.unwrap();
        db::claim(&mut conn, self.worker, self.run, None, 100, "fake").await.unwrap()
    }

    pub async fn dispatch(&self, claimed: Claimed) -> Dispatch {
        db::dispatch(&mut self.desk.database.writer().await.unwrap(), claimed, self.worker).await.unwrap()
    }

    pub async fn settle(&self, claimed: Claimed, outcome: Outcome) -> SettleCount {
        self.settle_as(self.worker, claimed, outcome).await
    }

    pub async fn settle_as(&self, worker: Uuid, claimed: Claimed, outcome: Outcome) -> SettleCount {
        let item = Settled {
            message_id: claimed.message_id,
            attempt: claimed.attempt,
            outcome,
            provider_message_id: (outcome == Outcome::Sent).then(|| "by-hand".to_owned()),
            error_code: None,
        };
        db::settle(&mut self.desk.database.writer().await.unwrap(), worker, &[item]).await.unwrap()
    }

    pub async fn rescue(&self) -> db::Rescued {
        db::rescue(&mut self.desk.database.writer().await.unwrap(), self.worker).await.unwrap()
    }

    pub async fn beat(&self) -> db::Heartbeat {
        db::heartbeat(&mut self.desk.database.writer().await.unwrap(), self.run, self.worker).await.unwrap()
    }
}

/// A message as the CRM sees it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Message {
    pub status: Option<String>,
    pub attempts: i32,
    pub error_code: Option<String>,
    pub provider_id: Option<String>,
    pub sent_at: Option<DateTime<Utc>>,
}

pub async fn message(conn: &mut PgConnection, id: Uuid) -> Message {
    let sql = "select queue_status as status, coalesce(attempts, 0) as attempts, error_code, whatsapp_message_id as provider_id, sent_at
               from public.whatsapp_message_queue where id = $1";
    sqlx::query_as(sql).bind(id).fetch_one(conn).await.unwrap()
}

pub async fn status(conn: &mut PgConnection, id: Uuid) -> String {
    message(conn, id).await.status.unwrap_or_else(|| "null".into())
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Delivery {
    pub attempt: i32,
    pub outcome: Option<String>,
    pub reason: Option<String>,
    pub error_code: Option<String>,
    pub dispatched: bool,
    pub settled_by: Option<String>,
}

pub async fn deliveries(conn: &mut PgConnection, message: Uuid) -> Vec<Delivery> {
    let sql = "select attempt, outcome, reason, error_code, dispatched_at is not null as dispatched, settled_by
               from queue_desk.delivery where message_id = $1 order by attempt";
    sqlx::query_as(sql).bind(message).fetch_all(conn).await.unwrap()
}

/// What the operator's limits have counted, (hour, day).
pub async fn counted(conn: &mut PgConnection, user: Uuid) -> (i64, i64) {
    let sql = "select coalesce(sum(used) filter (where scope = 'operator_hour'), 0), coalesce(sum(used) filter (where scope = 'operator_day'), 0)
               from queue_desk.limit_window where subject = $1";
    sqlx::query_as(sql).bind(user).fetch_one(conn).await.unwrap()
}

/// Stops the wall clock's influence: the database says it is this moment from here on.
pub async fn set_clock(office: &mut Office, at: &str) {
    let at: DateTime<Utc> = at.parse().unwrap();
    sqlx::query("update queue_desk.instance set clock_offset = $1 - clock_timestamp()")
        .bind(at)
        .execute(&mut office.owner)
        .await
        .unwrap();
}

pub async fn now(conn: &mut PgConnection) -> DateTime<Utc> {
    sqlx::query_scalar("select queue_desk.now()").fetch_one(conn).await.unwrap()
}

/// `count` leads with a message of this operator each, due for a minute.
pub async fn due(office: &mut Office, user: Uuid, count: i32) -> Vec<Uuid> {
    office.leads(count).await;
    let sql = "with m as (insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, scheduled_for)
                 select l.id, $1, l.client_id, row_number() over (order by l.created_at), 'Hello', l.phone, queue_desk.now() - interval '1 minute'
                 from public.leads l where not exists (select from public.whatsapp_message_queue q where q.lead_id = l.id) returning id)
               insert into queue_desk.adopted (message_id) select m.id from m returning message_id";
    sqlx::query_scalar(sql).bind(user).fetch_all(&mut office.owner).await.unwrap()
}

/// One lead with one message of this operator, due for a minute.
pub async fn one_due(office: &mut Office, user: Uuid) -> (Uuid, Uuid) {
    let lead = office.lead(Some(office.client), "Yael", Some("+972541112233")).await;
    let slot = now(&mut office.owner).await - chrono::Duration::minutes(1);
    (lead, office.queued(lead, user, slot).await)
}

/// The sum that must hold once nothing runs any more: every message is in exactly one lane, none is on the wire, none was
/// dispatched twice, and the CRM's row says what the delivery says. Returns (sent, unknown, queued).
pub async fn sum_holds(conn: &mut PgConnection, total: i64) -> (i64, i64, i64) {
    let sql = "select count(*), count(*) filter (where queue_status = 'sent'), count(*) filter (where error_code = 'outcome_unknown' and queue_status = 'failed'),
                 count(*) filter (where queue_status = 'queued') from public.whatsapp_message_queue";
    let (all, sent, unknown, queued): (i64, i64, i64, i64) = sqlx::query_as(sql).fetch_one(&mut *conn).await.unwrap();
    assert_eq!(all, total, "no message is lost");
    assert_eq!(
        sent + unknown + queued,
        total,
        "every message is in one of three lanes: {sent} sent, {unknown} unknown, {queued} queued"
    );
    let open: i64 = count(conn, "select count(*) from queue_desk.delivery where finished_at is null").await;
    assert_eq!(open, 0, "nothing is on the wire");
    let twice = count(conn, "select count(*) from (select message_id from queue_desk.delivery where dispatched_at is not null group by message_id having count(*) > 1) d").await;
    assert_eq!(twice, 0, "no message was dispatched twice");
    let differ = count(
        conn,
        "select count(*) from public.whatsapp_message_queue m where m.queue_status <> coalesce(
        (select case d.outcome when 'sent' then 'sent' when 'unknown' then 'failed' end from queue_desk.delivery d
         where d.message_id = m.id and d.dispatched_at is not null and d.outcome <> 'not_sent'), 'queued')",
    )
    .await;
    assert_eq!(differ, 0, "the CRM's rows say what the deliveries say");
    let (dispatched, counted): (i64, i64) = sqlx::query_as(
        "select (select count(*) from queue_desk.delivery where dispatched_at is not null),
        (select coalesce(sum(used), 0) from queue_desk.limit_window where scope = 'operator_day')",
    )
    .fetch_one(&mut *conn)
    .await
    .unwrap();
    assert_eq!(dispatched, counted, "every dispatch was counted once");
    (sent, unknown, queued)
}

pub async fn count(conn: &mut PgConnection, sql: &'static str) -> i64 {
    super::database::value(conn, sql).await
}
