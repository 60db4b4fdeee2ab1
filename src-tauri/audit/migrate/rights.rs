//! Who may migrate.

use crate::db::connect::Role;

/// Why this login may not migrate this database; none: it may.
pub fn refused(role: &Role, empty: bool, read_only: bool) -> Option<String> {
    let login = &role.login;
    if read_only {
        return Some(format!("The server or the login {login} is read only."));
    }
    if role.superuser {
        return None;
    }
    if !role.may_create_schemas || (empty && !role.may_create_tables) {
        return Some(format!("The login {login} may not create schemas or tables in this database."));
    }
    if !empty && role.owns_crm != Some(true) {
        return Some(format!("The login {login} does not own the CRM's tables."));
    }
    if !role.has_group && !role.may_create_roles {
        return Some(format!("The login {login} may not create the role queue_desk_operator."));
    }
    None
}
