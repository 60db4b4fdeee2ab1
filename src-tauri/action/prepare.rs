//! Prepare Tomorrow's Queue: preview a plan, then commit that.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;
use crate::{
    db::prepare as db,
    error::{Code, Error, Result},
    model::{
        candidate::{Allowed, Candidate, PlanContext, Reason},
        phone::{E164, normalise, region},
        plan::{Capacity, LeftOut, Plan},
        planner,
        receipt::Receipt,
        score::ScoreInputs,
        settings::{Settings, SettingsRow},
    },
};

/// What is sent until the database has templates of its own.
const TEMPLATE_NAME: &str = "follow_up_template";
const TEMPLATE_TEXT: &str = "Hello {first_name}";

/// A plan for the operator's next working day (`day` none), a later day, or today's rest. Reads one snapshot, read only;
/// writes nothing. With `leads`, only those, whatever their word.
pub async fn preview(desk: &Desk, day: Option<NaiveDate>, leads: Option<&[Uuid]>) -> Result<Plan> {
    let mut conn = desk.database.reader().await?;
    conn.begin_snapshot().await?;
    // When this fails, the snapshot is dropped with its connection.
    let plan = read_and_plan(&mut conn, desk.as_user, day, leads).await?;
    conn.end_behind();
    Ok(plan)
}

async fn read_and_plan(
    conn: &mut crate::db::Conn,
    as_user: Option<Uuid>,
    day: Option<NaiveDate>,
    leads: Option<&[Uuid]>,
) -> Result<Plan> {
    let (today, rows) = db::candidates(conn, as_user, day, leads).await?;
    let day = check_day(&today)?;
    let settings = Settings::read(&settings_row(today.settings.clone()));
    let own = today.settings.as_ref().and_then(|s| s.pointer("/advanced/phone_region")).and_then(Value::as_str);
    let region = region(own, today.phone_region.as_deref()).to_owned();

    let candidates: Vec<Candidate> = rows.into_iter().map(|row| candidate(row, &region)).collect();
    let numbers: Vec<&str> = candidates
        .iter()
        .filter(|c| c.reason.is_none())
        .filter_map(|c| c.phone.as_ref().ok())
        .map(E164::as_str)
        .collect();
    let phones = db::phones(conn, today.as_user, day, &numbers).await?;

    let by_number: HashMap<&str, &E164> =
        candidates.iter().filter_map(|c| c.phone.as_ref().ok()).map(|p| (p.as_str(), p)).collect();
    let e164 = |number: &str| by_number.get(number).map(|p| (*p).clone());
    let phone_reasons = phones
        .reasons
        .iter()
        .filter_map(|r| Some((e164(&r.phone)?, Reason { reason: r.reason.clone(), detail: r.detail.clone() })));
    let allowed = phones.hours.iter().flat_map(|h| {
        h.phones
            .iter()
            .filter_map(|p| Some((e164(p)?, Allowed { windows: h.windows.clone(), zone_unknown: h.guessed })))
    });
    let context = PlanContext {
        id: Uuid::new_v4(),
        as_user: today.as_user,
        operator: today.operator,
        day,
        zone: today.zone,
        windows: today.windows,
        capacity: Capacity {
            target: settings.target_on(day),
            max: settings.max_daily_capacity.min(settings.messages_per_day),
            already: today.already,
            per_hour: settings.messages_per_hour,
        },
        now: today.now,
        template: template(today.template.as_ref()).1,
        weights: settings.weights,
        taken: today.taken,
        phone_reasons: phone_reasons.collect(),
        allowed: allowed.collect(),
    };
    let missing = missing(leads.unwrap_or_default(), &candidates);
    let mut plan = planner::plan(candidates, &context);
    plan.candidates += u32::try_from(missing.len()).unwrap_or(u32::MAX);
    plan.left_out.extend(missing);
    Ok(plan)
}

/// Who was asked for by id and does not exist: left out with a reason, like everybody else.
fn missing(asked: &[Uuid], found: &[Candidate]) -> Vec<LeftOut> {
    let mut seen: HashSet<Uuid> = found.iter().map(|lead| lead.lead_id).collect();
    let missing = asked.iter().filter(|id| seen.insert(**id));
    missing
        .map(|id| LeftOut { lead_id: *id, name: String::new(), reason: "not_found".to_owned(), detail: None })
        .collect()
}

/// Inserts a subset of the plan, never a row or slot that was not shown. `plan_stale` when leads changed since the preview;
/// with `without_changed` the others are queued. Pressing twice queues nothing twice.
pub async fn apply(desk: &Desk, plan: &Plan, without_changed: bool) -> Result<Receipt> {
    let mut left_out: HashMap<&str, u32> = HashMap::new();
    for lead in &plan.left_out {
        *left_out.entry(&lead.reason).or_default() += 1;
    }
    let body = json!({
        "plan_id": plan.id,
        "day": plan.day,
        "asked": plan.candidates,
        "left_out": left_out.iter().map(|(reason, count)| json!({ "reason": reason, "count": count })).collect::<Vec<_>>(),
        "items": plan.items.iter().map(|item| json!({
            "lead_id": item.lead_id, "phone": item.phone, "slot": item.slot, "position": item.position, "content": item.content,
            "template": TEMPLATE_NAME, "variables": { "lead_name": item.name }, "fingerprint": item.fingerprint,
        })).collect::<Vec<_>>(),
    });
    db::commit(&mut desk.database.writer().await?, Some(plan.as_user), &body, without_changed).await
}

fn check_day(today: &db::Day) -> Result<NaiveDate> {
    let day = today.day.ok_or_else(|| {
        Error::new(
            Code::NoWorkingDay,
            format!("{} has no working day in the next 60 days. Nothing was planned.", today.operator),
        )
        .hint("Look at the work days and holidays in the settings.")
    })?;
    if day < today.today {
        return Err(Error::new(
            Code::BadInput,
            format!("{day} is in the past ({} is today in {}). Nothing was planned.", today.today, today.zone),
        )
        .field("date")
        .hint("Give today or a later day."));
    }
    Ok(day)
}

fn candidate(row: db::CandidateRow, region: &str) -> Candidate {
    let name =
        [row.first_name.as_deref(), row.last_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Candidate {
        lead_id: row.lead_id,
        name: name.split_whitespace().collect::<Vec<_>>().join(" "),
        first_name: row.first_name,
        last_name: row.last_name,
        phone: normalise(row.phone.as_deref().unwrap_or_default(), region),
        reason: row.reason.map(|reason| Reason { reason, detail: row.detail }),
        created_at: row.created_at,
        score: ScoreInputs {
            status: Some(row.status),
            bant_status: row.bant_status,
            lead_metadata: row.lead_metadata.unwrap_or(Value::Null),
            last_interaction: row.last_interaction,
        },
        fingerprint: row.fingerprint,
    }
}

pub(super) fn settings_row(columns: Option<Value>) -> SettingsRow {
    let column = |name: &str| columns.as_ref().and_then(|c| c.get(name)).cloned();
    SettingsRow {
        work_days: column("work_days"),
        processing_targets: column("processing_targets"),
        advanced: column("advanced"),
    }
}

/// Name and text; the database's settings may replace the text.
fn template(stored: Option<&Value>) -> (&'static str, String) {
    let text = stored.and_then(|t| t.get("text")).and_then(Value::as_str).filter(|t| !t.trim().is_empty());
    (TEMPLATE_NAME, text.unwrap_or(TEMPLATE_TEXT).to_owned())
}
