//! Rows to test with: a small office that is open around the clock, and leads as a test needs them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::TestDatabase;

/// Three operators at two clients, in a sample database: `desk` is Noa (admin and runner, both clients), `desk_2` is Amir (first
/// client), `desk_3` is Dana (second client), `runner` is a server without an operator. Open day and night, no quiet hours.
pub struct Office {
    pub noa: Uuid,
    pub amir: Uuid,
    pub dana: Uuid,
    pub client: Uuid,
    pub other_client: Uuid,
    pub owner: PgConnection,
}

const PEOPLE: &str = "
    insert into auth.users (id, email) select u, u || '@example.test' from unnest(array[$1, $2, $3]::uuid[]) u;
    ";

impl Office {
    pub async fn new(database: &TestDatabase) -> Self {
        let mut owner = database.owner().await;
        let [noa, amir, dana, client, other_client] = std::array::from_fn(|_| Uuid::new_v4());
        let people = [noa, amir, dana];
        let run = |sql: &'static str| sqlx::query(sql);
        run(PEOPLE).bind(noa).bind(amir).bind(dana).execute(&mut owner).await.expect("users");
        run("insert into queue_desk.operator (user_id, name) select * from unnest($1::uuid[], array['Noa Shalev', 'Amir Haddad', 'Dana Levi'])")
            .bind(people)
            .execute(&mut owner)
            .await
            .expect("operators");
        run("insert into queue_desk.login (db_role, user_id, admin, runner) values ('desk', $1, true, true), ('desk_2', $2, false, false),
             ('desk_3', $3, false, false), ('runner', null, false, true), ('read_only', $1, false, false), ('postgres', $1, true, true)")
            .bind(noa)
            .bind(amir)
            .bind(dana)
            .execute(&mut owner)
            .await
            .expect("logins");
        run("insert into public.clients (id, name) values ($1, 'Carmel Homes'), ($2, 'Harbour Estates')")
            .bind(client)
            .bind(other_client)
            .execute(&mut owner)
            .await
            .expect("clients");
        run("insert into public.client_members (user_id, client_id) values ($1, $4), ($1, $5), ($2, $4), ($3, $5)")
            .bind(noa)
            .bind(amir)
            .bind(dana)
            .bind(client)
            .bind(other_client)
            .execute(&mut owner)
            .await
            .expect("members");
        run("insert into public.user_queue_settings (user_id, work_days, processing_targets, advanced) select u,
             '{\"enabled\": true, \"work_days\": [0,1,2,3,4,5,6], \"business_hours\": {\"start\": \"00:00\", \"end\": \"24:00\", \"timezone\": \"Asia/Jerusalem\"}}',
             '{\"target_leads_per_work_day\": 1000, \"max_daily_capacity\": 5000}',
             '{\"quiet_hours\": {\"start\": \"00:00\", \"end\": \"24:00\"}, \"rate_limiting\": {\"messages_per_hour\": 3600, \"messages_per_day\": 10000},
               \"batch_processing\": {\"enabled\": true, \"batch_size\": 50, \"batch_delay_seconds\": 0}}'
             from unnest($1::uuid[]) u")
            .bind(people)
            .execute(&mut owner)
            .await
            .expect("settings");
        run("update queue_desk.instance set kind = 'sample'").execute(&mut owner).await.expect("a sample database");
        Self { noa, amir, dana, client, other_client, owner }
    }

    /// A lead with an eligible word. The phone is stored as given.
    pub async fn lead(&mut self, client: Option<Uuid>, first_name: &str, phone: Option<&str>) -> Uuid {
        sqlx::query_scalar(
            "insert into public.leads (client_id, first_name, last_name, phone, status) values ($1, $2, 'Test', $3, 'new') returning id",
        )
        .bind(client)
        .bind(first_name)
        .bind(phone)
        .fetch_one(&mut self.owner)
        .await
        .expect("a lead")
    }

    /// `count` leads of the first client with phones of their own.
    pub async fn leads(&mut self, count: i32) -> Vec<Uuid> {
        sqlx::query_scalar(
            "insert into public.leads (client_id, first_name, phone, status, created_at)
             select $1, 'Lead ' || n, '+97254' || (1000000 + n), 'new', now() - make_interval(mins => n) from generate_series(1, $2) n returning id",
        )
        .bind(self.client)
        .bind(count)
        .fetch_all(&mut self.owner)
        .await
        .expect("leads")
    }

    /// A message of ours that waits for its slot.
    pub async fn queued(&mut self, lead: Uuid, user: Uuid, slot: DateTime<Utc>) -> Uuid {
        sqlx::query_scalar(
            "with m as (insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, scheduled_for)
               select l.id, $2, l.client_id, 1, 'Hello', l.phone, $3 from public.leads l where l.id = $1 returning id)
             insert into queue_desk.adopted (message_id) select m.id from m returning message_id",
        )
        .bind(lead)
        .bind(user)
        .bind(slot)
        .fetch_one(&mut self.owner)
        .await
        .expect("a message")
    }

    /// Moves the database's clock.
    pub async fn pass(&mut self, seconds: i32) {
        sqlx::query("update queue_desk.instance set clock_offset = clock_offset + make_interval(secs => $1)")
            .bind(f64::from(seconds))
            .execute(&mut self.owner)
            .await
            .expect("the clock moves");
    }
}
