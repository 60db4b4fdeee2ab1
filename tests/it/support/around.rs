//! What goes on around an action: the CRM's own writes, colleagues, the clock. And looking at rows afterwards.

use queue_desk::{
    action::Desk,
    db::run::{self, Claimed, Dispatch},
};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Office, TestDatabase};

impl Office {
    /// A migrated database with an office in it.
    pub async fn open() -> (TestDatabase, Self) {
        let database = TestDatabase::new().await;
        let office = Self::new(&database).await;
        (database, office)
    }

    /// Statements of the owner, who is no part of Queue Desk: what the CRM or an admin by hand would do.
    pub async fn does(&mut self, sql: impl Into<String>) {
        let sql = sql.into();
        let result = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut self.owner).await;
        result.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// One value, as the owner sees it.
    pub async fn ask<T>(&mut self, sql: impl Into<String>) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let sql = sql.into();
        let query = sqlx::query_scalar(AssertSqlSafe(sql.clone()));
        query.fetch_one(&mut self.owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// How many rows of a table (with its condition).
    pub async fn count(&mut self, from: impl AsRef<str>) -> i64 {
        self.ask(format!("select count(*) from {}", from.as_ref())).await
    }

    /// Sets the database's clock to this moment.
    pub async fn at(&mut self, moment: &str) {
        self.does(format!("update queue_desk.instance set clock_offset = timestamptz '{moment}' - clock_timestamp()"))
            .await;
    }

    /// Merges keys into one column of an operator's settings.
    pub async fn setting(&mut self, user: Uuid, column: &str, keys: Value) {
        self.does(format!(
            "update public.user_queue_settings set {column} = {column} || '{keys}' where user_id = '{user}'"
        ))
        .await;
    }

    /// A message that the web CRM queued: nobody adopted it.
    pub async fn foreign(&mut self, lead: Uuid, user: Uuid) -> Uuid {
        self.ask(format!(
            "insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone)
             select id, '{user}', client_id, 1, 'Hi', coalesce(phone, '-') from public.leads where id = '{lead}' returning id"
        ))
        .await
    }

    pub async fn job(&mut self, lead: Uuid, user: Uuid, state: &str) -> Uuid {
        self.ask(format!(
            "insert into public.lead_processing_queue (lead_id, user_id, queue_position, queue_status)
             values ('{lead}', '{user}', 1, '{state}') returning id"
        ))
        .await
    }

    /// The lead belongs to this person now, without an action of ours.
    pub async fn taken(&mut self, lead: Uuid, by: Uuid) {
        self.does(format!(
            "insert into queue_desk.lead_gate (lead_id, owner, since, by) values ('{lead}', '{by}', queue_desk.now(), '{by}')
             on conflict (lead_id) do update set owner = excluded.owner"
        ))
        .await;
    }

    /// An attempt to send to this lead, dispatched so long ago, with this outcome.
    pub async fn delivery(&mut self, lead: Uuid, phone: &str, hours_ago: i32, outcome: &str) {
        self.does(format!(
            "insert into queue_desk.delivery (message_id, attempt, lead_id, sender, phone_hash, claimed_at, dispatched_at, finished_at, outcome)
             select gen_random_uuid(), 1, '{lead}', 'fake', queue_desk.phone_hash('{phone}'), t, t, t, '{outcome}'
             from (select queue_desk.now() - make_interval(hours => {hours_ago}) as t) x"
        ))
        .await;
    }

    pub async fn owner_of(&mut self, lead: Uuid) -> Option<Uuid> {
        self.ask(format!("select (select owner from queue_desk.lead_gate where lead_id = '{lead}')")).await
    }

    pub async fn status_of(&mut self, message: Uuid) -> String {
        self.ask(format!("select queue_status from public.whatsapp_message_queue where id = '{message}'")).await
    }

    pub async fn job_status(&mut self, job: Uuid) -> String {
        self.ask(format!("select queue_status from public.lead_processing_queue where id = '{job}'")).await
    }
}

/// A desk's automation, one step at a time.
pub struct Hand {
    desk: Desk,
    worker: Uuid,
    run: Uuid,
}

impl Hand {
    pub async fn start(desk: Desk) -> Self {
        let worker = Uuid::new_v4();
        let started =
            run::start(&mut desk.database.writer().await.unwrap(), worker, desk.as_user, "fake", 2).await.unwrap();
        Self { desk, worker, run: started.run_id }
    }

    pub async fn claim(&self, batch: i32) -> Vec<Claimed> {
        let mut conn = self.desk.database.writer().await.unwrap();
        run::claim(&mut conn, self.worker, self.run, self.desk.as_user, batch, "fake").await.unwrap()
    }

    pub async fn dispatch(&self, claimed: Claimed) -> Dispatch {
        run::dispatch(&mut self.desk.database.writer().await.unwrap(), claimed, self.worker).await.unwrap()
    }

    /// The provider took it.
    pub async fn sent(&self, claimed: Claimed) {
        let settled = run::Settled {
            message_id: claimed.message_id,
            attempt: claimed.attempt,
            outcome: run::Outcome::Sent,
            provider_message_id: Some("wamid.1".into()),
            error_code: None,
        };
        run::settle(&mut self.desk.database.writer().await.unwrap(), self.worker, &[settled]).await.unwrap();
    }

    pub fn worker(&self) -> Uuid {
        self.worker
    }

    pub fn run(&self) -> Uuid {
        self.run
    }
}
