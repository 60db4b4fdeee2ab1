//! The checks that are a file of sql/check each. A file answers for all of its checks; `quiet` ones return only what is wrong, and pass
//! when they are silent over a CRM that is there.

use super::{Check, say};
use crate::{
    model::finding::{Finding, Level, Status},
    sql,
};

/// What a file takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Nothing,
    /// `audit::contract`, as `$1`.
    Contract,
}

/// A file whose rows are findings, and the checks it answers for.
pub(super) struct Group {
    pub sql: &'static str,
    pub ask: Ask,
    pub checks: &'static [Check],
    pub quiet: &'static [Quiet],
}

/// What a check says when its file is silent.
pub(super) struct Quiet {
    pub check: Check,
    object: &'static str,
    why: &'static str,
    scope: &'static str,
}

impl Quiet {
    pub fn passes(&self) -> Finding {
        Finding { scope_checked: self.scope.to_owned(), ..say(&self.check, Status::Pass, self.object, self.why) }
    }
}

const fn quiet(
    id: &'static str,
    level: Level,
    title: &'static str,
    object: &'static str,
    why: &'static str,
    scope: &'static str,
) -> Quiet {
    Quiet { check: (id, level, title), object, why, scope }
}

const fn file(sql: &'static str, ask: Ask, checks: &'static [Check], quiet: &'static [Quiet]) -> Group {
    Group { sql, ask, checks, quiet }
}

use Level::{Error, Info, Warn};

pub(super) const CONNECTION: Group =
    file(sql!("check/connection"), Ask::Contract, &[("K1", Error, "The server and the login are fit")], &[]);
pub(super) const LOGIN: &[Check] = &[("K2", Error, "The login is mapped to an operator")];

/// Answered as the login sees the database: the catalogue hides nothing from anyone.
pub(super) const AS_SEEN: &[Group] = &[
    file(
        sql!("check/access"),
        Ask::Contract,
        &[
            ("R1", Error, "Row security is on"),
            ("R3", Error, "The desks' policies are there"),
            ("R5", Error, "No desk login can pass itself off as somebody else"),
        ],
        &[],
    ),
    file(sql!("check/policies"), Ask::Contract, &[], POLICIES),
    file(sql!("check/exposure"), Ask::Contract, &[], EXPOSURE),
    file(sql!("check/key_faults"), Ask::Contract, &[], KEY_FAULTS),
    file(sql!("check/indexes"), Ask::Contract, &[], INDEXES),
    file(
        sql!("check/callouts"),
        Ask::Contract,
        &[],
        &[quiet(
            "X2",
            Warn,
            "No trigger calls another server for each row",
            "the CRM's tables",
            "No row trigger makes a call.",
            "row triggers of the CRM's tables, by the text of their functions",
        )],
    ),
    file(
        sql!("check/strays"),
        Ask::Nothing,
        &[],
        &[quiet(
            "M3",
            Warn,
            "No migration table of a program lies in public",
            "schema public",
            "There is none.",
            "tables of public by the names that migration tools use",
        )],
    ),
    file(
        sql!("check/ledger"),
        Ask::Nothing,
        &[("L1", Error, "The ledger is there"), ("L2", Error, "The ledger is guarded, and watches the queues")],
        &[],
    ),
    file(sql!("check/gaps"), Ask::Nothing, &[("L2", Warn, "The ledger has no gap")], &[]),
];

/// Answered over all rows, or not at all.
pub(super) const ALL_ROWS: &[Group] = &[
    file(sql!("check/operators"), Ask::Nothing, &[("K2", Error, "Every operator exists in auth.users")], &[]),
    file(sql!("check/live"), Ask::Nothing, &[("D1", Warn, "No lead has several messages on their way")], &[]),
    file(sql!("check/settings"), Ask::Nothing, &[("S1", Warn, "Operators' settings can be read")], &[]),
    file(sql!("check/quarantine"), Ask::Nothing, &[("O3", Info, "No row waits in quarantine")], &[]),
];

#[rustfmt::skip]
const POLICIES: &[Quiet] = &[
    quiet("R1", Error, "Visitors who did not sign in may not write", "role anon", "No policy lets anon write a table of the CRM.", "policies that the role anon falls under, with a privilege to write"),
    quiet("R2", Error, "Policies are obeyed", "the CRM's tables and ours", "Row security is on wherever there is a policy.", "tables of the CRM and ours"),
    quiet("R2", Info, "A closed table has a way in", "the CRM's tables", "Wherever row security is on, there is a policy.", "tables of the CRM"),
    quiet("R3", Warn, "No policy is always true", "the CRM's tables", "Each policy for the web has a condition.", "permissive policies for anon, authenticated and everybody"),
    quiet("R3", Warn, "No policy is there twice", "the CRM's tables and ours", "No two policies say the same.", "policies of equal command, roles and text"),
    quiet("R4", Warn, "Policies ask once who is asking", "the CRM's tables and ours", "Each is worked out once for a query, not once for a row.", "policies that name auth.*, current_setting or current_user_id"),
];

#[rustfmt::skip]
const EXPOSURE: &[Quiet] = &[
    quiet("R6", Error, "Views obey row security", "schema public", "No view reads the CRM's tables as its owner for the web or for desks.", "views of public over the CRM's tables, and who may read them"),
    quiet("R6", Warn, "Functions that run as their owner are not for everybody", "schema public", "The web may call none.", "functions of public with SECURITY DEFINER"),
    quiet("R6", Warn, "Functions that run as their owner look names up in one place", "schemas public and queue_desk", "Each has a search_path of its own.", "functions of public and queue_desk with SECURITY DEFINER"),
];

#[rustfmt::skip]
const KEY_FAULTS: &[Quiet] = &[
    quiet("F3", Warn, "Deleting what it points to works", "schema public", "No other key stops a user from being deleted.", "keys of public outside the contract"),
    quiet("F4", Error, "Key and target have one type", "schema public", "Each column has the type of what it points to.", "the columns that keys of the contract join"),
    quiet("F4", Warn, "One key for one reference", "schemas public and queue_desk", "No reference has two keys.", "the keys of public and queue_desk"),
    quiet("F4", Error, "Keys to auth point to a primary key", "schema auth", "Each points to a primary key.", "the keys of public into schema auth"),
    quiet("F5", Info, "Columns named like a key have one", "schema public", "Each uuid column named .._id has a key.", "columns of public of type uuid whose name ends in _id"),
];

#[rustfmt::skip]
const INDEXES: &[Quiet] = &[
    quiet("I1", Warn, "The key has its index", "the CRM's tables", "Every key that is asked by, or whose table is large, has its index.", "documented indexes; keys of tables with 10,000 rows or more"),
    quiet("I2", Warn, "The question has its index", "the queue", "What automation, the grids and the counts ask has its index.", "valid indexes by their columns"),
    quiet("I3", Error, "Every index is whole", "the CRM's tables and ours", "None is broken.", "pg_index; not the inside of indexes (amcheck)"),
    quiet("I3", Warn, "No index is there twice", "the CRM's tables and ours", "No two are the same.", "indexes of equal columns, order, predicate and operators"),
];
