//! Past days of deliveries, as the figures count them.

use uuid::Uuid;

use super::Office;

/// One attempt, ten minutes after its slot and two seconds long.
pub struct Tried<'a> {
    pub user: Uuid,
    pub client: Option<Uuid>,
    /// When it was dispatched.
    pub at: &'a str,
    pub outcome: &'a str,
    pub code: Option<&'a str>,
    pub simulated: bool,
}

impl Office {
    /// A message with one attempt and the CRM's row that says the same.
    pub async fn tried(&mut self, tried: Tried<'_>) -> Uuid {
        let Tried { user, client, at, outcome, code, simulated } = tried;
        let lead = self.lead(client, "Day", Some("+972541119999")).await;
        sqlx::query_scalar(
            "with m as (insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, queue_status,
                 error_code, scheduled_for, sent_at)
               values ($1, $2, $3, 1, 'Hello', '+972541119999', case when $5 = 'sent' then 'sent' else 'failed' end,
                 case when $5 = 'unknown' then 'outcome_unknown' else $6 end, $4::text::timestamptz - interval '10 minutes',
                 case when $5 = 'sent' then $4::text::timestamptz end) returning id),
             a as (insert into queue_desk.adopted (message_id) select m.id from m)
             insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, sender, due_at, claimed_at, dispatched_at, finished_at, outcome, error_code, simulated)
             select m.id, 1, $1, $2, $3, 'fake', $4::text::timestamptz - interval '10 minutes', $4::text::timestamptz, $4::text::timestamptz, $4::text::timestamptz + interval '2 seconds', $5, $6, $7 from m
             returning message_id",
        )
        .bind(lead).bind(user).bind(client).bind(at).bind(outcome).bind(code).bind(simulated)
        .fetch_one(&mut self.owner)
        .await
        .expect("an attempt")
    }

    /// One of this operator's that was sent to the first client.
    pub async fn sent(&mut self, user: Uuid, at: &str) -> Uuid {
        let client = Some(self.client);
        self.tried(Tried { user, client, at, outcome: "sent", code: None, simulated: true }).await
    }

    /// One of this operator's that was not sent, to the first client.
    pub async fn not_sent(&mut self, user: Uuid, at: &str, outcome: &str, code: Option<&str>) -> Uuid {
        let client = Some(self.client);
        self.tried(Tried { user, client, at, outcome, code, simulated: true }).await
    }
}
