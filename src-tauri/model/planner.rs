//! Prepare's decision: who gets which slot, and why everyone else is left out. Pure; the same input gives the same plan.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{
    candidate::{Candidate, PlanContext, Reason},
    content,
    phone::{E164, PhoneProblem},
    plan::{Capacity, LeftOut, Plan, PlanItem, Warning},
    score,
    slots::Slots,
};

/// The reasons that the planner gives itself. Those of the database (`already_queued`, `taken`, `opted_out` and so on)
/// are passed through as they came.
pub mod reason {
    pub const NO_PHONE: &str = "no_phone";
    pub const PHONE_NOT_VALID: &str = "phone_not_valid";
    /// A better-ranked lead of this plan has the same phone; the detail is its name.
    pub const SAME_PHONE: &str = "same_phone";
    /// The day's target is full; there would be room up to the cap.
    pub const OVER_TARGET: &str = "over_target";
    pub const OVER_CAPACITY: &str = "over_capacity";
    /// Opening hours, the lead's quiet hours and the rate leave no free moment.
    pub const NO_SLOT: &str = "no_slot";
}

/// Ranks by score, then age of the lead, then id; gives every lead in that order the first free slot it may have, until
/// the target or the cap is reached. Items come in the order of their slots, left-out leads in the order of their rank;
/// together they are all the candidates. A lead that finds no slot takes no room from the next one.
pub fn plan(candidates: Vec<Candidate>, context: &PlanContext) -> Plan {
    let mut ranked: Vec<(f64, Candidate)> =
        candidates.into_iter().map(|lead| (score::score(&lead.score, &context.weights, context.now), lead)).collect();
    ranked.sort_by(|(a_score, a), (b_score, b)| {
        b_score.total_cmp(a_score).then(a.created_at.cmp(&b.created_at)).then(a.lead_id.cmp(&b.lead_id))
    });

    let mut draft = Draft::new(context);
    let looked_at = ranked.len();
    for (score, lead) in ranked {
        match draft.slot(&lead) {
            Ok((phone, slot)) => draft.include(lead, score, phone, slot),
            Err(Reason { reason, detail }) => {
                draft.left_out.push(LeftOut { lead_id: lead.lead_id, name: lead.name, reason, detail });
            }
        }
    }
    draft.finish(count(looked_at))
}

struct Draft<'a> {
    context: &'a PlanContext,
    slots: Slots,
    /// How many more may go on that day, and what the next one is told.
    room: usize,
    full: &'static str,
    /// Who in the plan has which phone.
    holders: HashMap<E164, String>,
    items: Vec<PlanItem>,
    left_out: Vec<LeftOut>,
    zone_unknown: u32,
}

impl<'a> Draft<'a> {
    fn new(context: &'a PlanContext) -> Self {
        let Capacity { target, max, already, per_hour } = context.capacity;
        Self {
            context,
            slots: Slots::new(&context.windows, context.now, per_hour, &context.taken),
            room: target.min(max).saturating_sub(already) as usize,
            full: if target.max(already) < max { reason::OVER_TARGET } else { reason::OVER_CAPACITY },
            holders: HashMap::new(),
            items: Vec::new(),
            left_out: Vec::new(),
            zone_unknown: 0,
        }
    }

    /// The lead's phone and slot, or the first thing that stands against it.
    fn slot(&mut self, lead: &Candidate) -> Result<(E164, DateTime<Utc>), Reason> {
        if let Some(reason) = &lead.reason {
            return Err(reason.clone());
        }
        let phone = lead.phone.clone().map_err(|problem| match problem {
            PhoneProblem::Missing => Reason::from(reason::NO_PHONE),
            PhoneProblem::NotValid => Reason::from(reason::PHONE_NOT_VALID),
        })?;
        if let Some(reason) = self.context.phone_reasons.get(&phone) {
            return Err(reason.clone());
        }
        if let Some(holder) = self.holders.get(&phone) {
            return Err(Reason { reason: reason::SAME_PHONE.to_owned(), detail: Some(holder.clone()) });
        }
        self.holders.insert(phone.clone(), lead.name.clone());
        if self.items.len() >= self.room {
            return Err(self.full.into());
        }
        let allowed = self.context.allowed.get(&phone).ok_or(reason::NO_SLOT)?;
        let slot = self.slots.take(&allowed.windows).ok_or(reason::NO_SLOT)?;
        self.zone_unknown += u32::from(allowed.zone_unknown);
        Ok((phone, slot))
    }

    fn include(&mut self, lead: Candidate, score: f64, phone: E164, slot: DateTime<Utc>) {
        self.items.push(PlanItem {
            lead_id: lead.lead_id,
            name: lead.name,
            phone: phone.to_string(),
            slot,
            position: 0, // Known when all slots are.
            score,
            fingerprint: lead.fingerprint,
            content: content::fill(&self.context.template, lead.first_name.as_deref(), lead.last_name.as_deref()),
        });
    }

    fn finish(mut self, candidates: u32) -> Plan {
        let context = self.context;
        self.items.sort_by_key(|item| item.slot);
        for (rank, item) in (1_u32..).zip(&mut self.items) {
            item.position = i32::try_from(context.capacity.already.saturating_add(rank)).unwrap_or(i32::MAX);
        }
        Plan {
            id: context.id,
            as_user: context.as_user,
            operator: context.operator.clone(),
            day: context.day,
            zone: context.zone.clone(),
            windows: context.windows.clone(),
            capacity: context.capacity,
            candidates,
            warnings: self.warnings(),
            items: self.items,
            left_out: self.left_out,
            made_at: context.now,
        }
    }

    /// `closed_day`, `no_rate` or `no_time_left` when the day has no slot at all; `no_target` when it aims at nothing;
    /// `zone_unknown` for planned leads whose zone is a guess. The count is that of the leads concerned.
    fn warnings(&self) -> Vec<Warning> {
        let left_out = |reason: &str| count(self.left_out.iter().filter(|lead| lead.reason == reason).count());
        let mut warnings = Vec::new();
        let mut warn = |code: &str, count: u32| warnings.push(Warning { code: code.to_owned(), count });
        if self.slots.is_empty() {
            let code = match self.context {
                context if context.windows.is_empty() => "closed_day",
                context if context.capacity.per_hour == 0 => "no_rate",
                _ => "no_time_left",
            };
            warn(code, left_out(reason::NO_SLOT));
        }
        if self.context.capacity.target == 0 {
            warn("no_target", left_out(self.full));
        }
        if self.zone_unknown > 0 {
            warn("zone_unknown", self.zone_unknown);
        }
        warnings
    }
}

fn count(leads: usize) -> u32 {
    u32::try_from(leads).unwrap_or(u32::MAX)
}
