//! The tables, as both databases have them. `migrations/` is the source; columns that only the database
//! itself uses (row numbers, generated search columns) are left out.

macro_rules! table {
    ($($body:tt)*) => {
        diesel::table! {
            use diesel::sql_types::*;
            use crate::types::{Json, Id, Moment};

            $($body)*
        }
    };
}

table! {
    departments (id) {
        id -> Id,
        name -> Text,
        name_key -> Text,
        description -> Text,
        tier -> SmallInt,
    }
}

table! {
    department_categories (category) {
        category -> SmallInt,
        department_id -> Id,
    }
}

table! {
    users (id) {
        id -> Id,
        role -> SmallInt,
        person -> Binary,
        email_index -> Nullable<Binary>,
        password_hash -> Nullable<Text>,
        created_at -> Moment,
    }
}

table! {
    encryption_keys (id) {
        id -> Integer,
        sealed -> Binary,
        in_use -> Bool,
    }
}

table! {
    data_keys (owner_id) {
        owner_id -> Id,
        generation -> Integer,
        encryption_key -> Integer,
        sealed -> Binary,
    }
}

table! {
    agents (id) {
        id -> Id,
        name -> Text,
        email -> Text,
        phone -> Nullable<Text>,
        department -> Text,
        tier -> SmallInt,
        active_tickets -> Integer,
        status -> SmallInt,
        busy_by_load -> Bool,
        capacity -> Integer,
        last_assigned_at -> Nullable<Moment>,
        created_at -> Moment,
    }
}

table! {
    tickets (id) {
        id -> Id,
        number_year -> Integer,
        number_serial -> BigInt,
        customer_id -> Id,
        customer -> Binary,
        subject -> Text,
        description -> Binary,
        category -> SmallInt,
        priority -> SmallInt,
        status -> SmallInt,
        assigned_to -> Nullable<Id>,
        assigned_to_name -> Nullable<Text>,
        department -> Nullable<Text>,
        escalated_to -> Nullable<Id>,
        escalated_to_name -> Nullable<Text>,
        resolution -> Nullable<Binary>,
        resolved_at -> Nullable<Moment>,
        resolved_by -> Nullable<Id>,
        last_message_at -> Moment,
        message_count -> BigInt,
        tags -> Json,
        first_response_at -> Nullable<Moment>,
        waiting -> Bool,
        version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        words -> Text,
        history_sequence -> BigInt,
        history_hash -> Binary,
    }
}

table! {
    messages (id) {
        id -> Id,
        ticket_id -> Id,
        sequence -> BigInt,
        sender_id -> Id,
        sender_name -> Nullable<Text>,
        sender_type -> SmallInt,
        content -> Binary,
        client_message_id -> Nullable<Text>,
        is_read -> Bool,
        created_at -> Moment,
    }
}

table! {
    attachments (id) {
        id -> Id,
        ticket_id -> Id,
        uploaded_by -> Id,
        content -> Binary,
        media_type -> Text,
        size -> BigInt,
        state -> Text,
        message_id -> Nullable<Id>,
        created_at -> Moment,
    }
}

table! {
    ticket_history (id) {
        id -> Id,
        ticket_id -> Id,
        sequence -> BigInt,
        action -> Text,
        performed_by -> Id,
        performed_by_name -> Nullable<Text>,
        content -> Binary,
        timestamp -> Moment,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

table! {
    notifications (id) {
        id -> Id,
        user_id -> Id,
        ticket_id -> Id,
        kind -> Text,
        content -> Binary,
        created_at -> Moment,
        read_at -> Nullable<Moment>,
    }
}

table! {
    outbox (id) {
        id -> Id,
        channel -> SmallInt,
        user_id -> Id,
        ticket_id -> Id,
        kind -> Text,
        content -> Binary,
        state -> Text,
        created_at -> Moment,
    }
}

table! {
    refresh_tokens (hash) {
        hash -> Binary,
        session_id -> Id,
        user_id -> Id,
        issued_at -> Moment,
        expires_at -> Moment,
        state -> Text,
    }
}

table! {
    second_factors (user_id) {
        user_id -> Id,
        secret -> Binary,
        created_at -> Moment,
        confirmed_at -> Nullable<Moment>,
        last_step -> Nullable<BigInt>,
    }
}

table! {
    recovery_codes (user_id, hash) {
        user_id -> Id,
        hash -> Binary,
    }
}

table! {
    identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        user_id -> Id,
        linked_at -> Moment,
    }
}

table! {
    idempotency_keys (actor_id, key) {
        actor_id -> Id,
        key -> Binary,
        fingerprint -> Binary,
        ticket_id -> Id,
        created_at -> Moment,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    agents,
    attachments,
    departments,
    department_categories,
    tickets
);
diesel::joinable!(department_categories -> departments (department_id));
