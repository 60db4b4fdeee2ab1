//! `migrate --remove` takes everything of ours out and leaves the CRM as it was.

use queue_desk::{
    audit::migrate::{self, Wish},
    error::Code,
};

use crate::support::{
    Folder, TestDatabase,
    fixture::{self, catalogue, number, rows, text},
    run,
};

#[test]
fn the_crm_is_as_it_was_before() {
    run(async {
        for start in [&["live_crm"][..], &["live_crm", "own_ledger"], &["broken"], &["duplicates"]] {
            let database = TestDatabase::fixture(start).await;
            let mut owner = database.owner().await;
            let schemas = "select string_agg(quote_literal(nspname), ', ' order by nspname) from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'";
            let before_schemas = text(&mut owner, schemas).await;
            let before = catalogue(&mut owner, &before_schemas).await;
            let counted = rows(&mut owner).await;
            migrate::apply(&mut owner).await.unwrap();
            assert_ne!(
                catalogue(&mut owner, &before_schemas).await,
                before,
                "{start:?}: the comparison sees something"
            );

            let refused = migrate::remove(&mut owner, "another", None, &Wish::default()).await.unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), (Code::BadInput, Some("confirm")));
            if start == ["broken"] {
                let refused = migrate::remove(&mut owner, database.name(), None, &Wish::default()).await.unwrap_err();
                assert!(refused.message.contains("rows in quarantine were not decided"), "{refused:?}");
                sqlx::query("select queue_desk.keep_quarantined(null)").execute(&mut owner).await.unwrap();
            }
            let folder = Folder::new();
            let file = folder.path().join("kept.jsonl");
            let lines = number(
                &mut owner,
                "select (select count(*) from queue_desk.queue_ledger) + (select count(*) from queue_desk.quarantine)",
            )
            .await;
            let removed = migrate::remove(&mut owner, database.name(), Some(&file), &Wish::default()).await.unwrap();
            assert_eq!(removed.kept, Some(u64::try_from(lines).unwrap()));
            assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), usize::try_from(lines).unwrap());
            assert_eq!(text(&mut owner, schemas).await, before_schemas, "{start:?}");
            assert_eq!(catalogue(&mut owner, &before_schemas).await, before, "{start:?}");
            let rights = "select count(*) from pg_shdepend d join pg_roles r on r.oid = d.refobjid where r.rolname = 'queue_desk_operator' and d.dbid = (select oid from pg_database where datname = current_database())";
            assert_eq!(number(&mut owner, rights).await, 0, "{start:?}: the group has no right left here");
            if start != ["broken"] {
                assert_eq!(rows(&mut owner).await, counted);
            }
            let nothing = migrate::remove(&mut owner, database.name(), None, &Wish::default()).await.unwrap_err();
            assert_eq!(nothing.code, Code::NotMigrated);
            // And it can all be done again.
            migrate::apply(&mut owner).await.unwrap();
        }
    });
}

#[test]
fn what_others_built_on_our_schema_is_not_torn_down() {
    run(async {
        let database = TestDatabase::fixture(&["duplicates"]).await;
        let mut owner = database.owner().await;
        migrate::apply(&mut owner).await.unwrap();
        fixture::run(
            &mut owner,
            "create view public.report as select action, count(*) from queue_desk.queue_ledger group by 1",
        )
        .await;
        let made = catalogue(&mut owner, "'public', 'queue_desk'").await;
        let refused = migrate::remove(&mut owner, database.name(), None, &Wish::default()).await.unwrap_err();
        assert!(refused.message.contains("public.report"), "{refused:?}");
        assert_eq!(catalogue(&mut owner, "'public', 'queue_desk'").await, made, "nothing was touched");
        fixture::run(&mut owner, "drop view public.report").await;
        migrate::remove(&mut owner, database.name(), None, &Wish::default()).await.unwrap();
    });
}
