//! How it feels over a network: each act and each page on this computer and 30 ms away, how often each waits for the other end, beside a bare
//! `select 1` on the same way.

use std::time::Duration;

use queue_desk::{
    action::{Desk, cancel, grids, lead, prepare, session, take, undo},
    config::{Server, Target},
    connect::Connected,
    model::connection::{Environment, Guard},
};
use sqlx::PgConnection;

use crate::{
    support::{Office, TestDatabase, way::Way},
    table::{Table, timed},
};

const ROUNDS: usize = 20;

pub async fn all(table: &mut Table) {
    if !table.wants("flights") {
        return;
    }
    for (place, away) in [("here", Duration::ZERO), ("30 ms", Duration::from_millis(30))] {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(i32::try_from(ROUNDS).unwrap()).await;
        let way = Way::slow(database.options("desk").get_port(), away).await;
        let options = database.options("desk").port(way.port);
        let mut bare = <PgConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
        select_1(&mut bare).await;
        let mut trips = vec![];
        for _ in 0..ROUNDS {
            trips.push(timed(select_1(&mut bare)).await.0);
        }
        let mut meter = Meter { table, place, way, trips };

        // As the window opens a database: the pooler is ruled out, then a reader, who am I, the first page.
        let server = Server { options, environment: Environment::Production, guard: Guard::Silent, read_only: false };
        meter
            .of("connect to first rows", 5, async |_| {
                let connected = Connected::open(Target::Server(Box::new(server.clone()))).await.unwrap();
                let first = connected.refuse_transaction_pooler().await.unwrap();
                let desk = connected.desk(first).await.unwrap();
                session::session(&desk).await.unwrap();
                page(&desk).await;
                desk.database.close().await;
            })
            .await;

        let desk = database.desk_through("desk", meter.way.port).await;
        let desk = &desk;
        meter.of("prepare: preview", 3, async |_| drop(prepare::preview(desk, None, None).await.unwrap())).await;
        let mut plans = vec![];
        for half in leads.chunks(ROUNDS / 2) {
            plans.push(prepare::preview(desk, None, Some(half)).await.unwrap());
        }
        meter.of("prepare: commit", 2, async |n| drop(prepare::apply(desk, &plans[n], false).await.unwrap())).await;
        let rows = grids::messages(desk, &Default::default(), None, 100).await.unwrap().rows;
        let messages: Vec<_> = rows.iter().map(|row| row.id).collect();
        meter.of("cancel", ROUNDS, async |n| drop(cancel::cancel(desk, &messages[n..=n], None).await.unwrap())).await;
        meter.of("retry", ROUNDS, async |n| drop(cancel::retry(desk, &messages[n..=n]).await.unwrap())).await;
        let mut receipts = vec![];
        meter
            .of("take", ROUNDS, async |n| {
                receipts.push(take::take(desk, leads[n], None, None).await.unwrap().receipt_id);
            })
            .await;
        meter.of("undo a take", ROUNDS / 2, async |n| drop(undo::undo(desk, receipts[n]).await.unwrap())).await;
        meter
            .of("release", ROUNDS / 2, async |n| {
                drop(take::release(desk, leads[ROUNDS / 2 + n], None).await.unwrap());
            })
            .await;
        meter.of("page of messages", ROUNDS, async |_| page(desk).await).await;
        meter
            .of("page of leads", ROUNDS, async |_| {
                drop(grids::leads(desk, &Default::default(), None, 100).await.unwrap())
            })
            .await;
        meter.of("counts", ROUNDS, async |_| drop(grids::counts(desk).await.unwrap())).await;
        meter.of("one lead", ROUNDS, async |n| drop(lead::detail(desk, leads[n]).await.unwrap())).await;
    }
}

async fn page(desk: &Desk) {
    grids::messages(desk, &Default::default(), None, 100).await.unwrap();
}

async fn select_1(conn: &mut PgConnection) {
    let _: i32 = sqlx::query_scalar("select 1").fetch_one(conn).await.unwrap();
}

struct Meter<'a> {
    table: &'a mut Table,
    place: &'static str,
    way: Way,
    trips: Vec<Duration>,
}

impl Meter<'_> {
    /// One line: the times of all rounds but the first, which prepares; the flights of the first and of the last.
    async fn of(&mut self, act: &str, rounds: usize, mut run: impl AsyncFnMut(usize)) {
        let (mut times, mut flights) = (vec![], vec![]);
        for n in 0..rounds {
            let before = self.way.flights();
            times.push(timed(run(n)).await.0);
            flights.push(self.way.flights() - before);
        }
        let case = format!("flights, {}: {act}: {} first, then {}", self.place, flights[0], flights[rounds - 1]);
        self.table.line(&case, &times[1..], "select 1", &self.trips);
    }
}
