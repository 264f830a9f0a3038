//! The list of all cases.

use super::case::Case;
use super::{accounts, erasure, identities, second_factors, sessions, transactions};

/// Makes every case of the suite a `#[test]` over the store that `$make`, a function in scope, makes afresh
/// for each: see [`crate::contract`].
#[macro_export]
macro_rules! auth_store_contract {
    ($make:ident) => { $crate::auth_store_contract! { @cases tests $make } };

    (@cases $mode:ident $($make:ident)?) => {
        $crate::auth_store_contract! { @$mode [$($make)?]
            accounts {
                the_users_of_the_desk_are_the_accounts
                a_login_is_a_user_with_a_password
                a_login_follows_the_address
                staff_are_found_by_address
                a_hash_is_replaced_by_another_unless_it_has_changed
                a_hash_is_replaced_once_under_concurrency
            }
            sessions {
                tokens_come_back_in_every_state
                a_hash_is_stored_once
                the_state_of_one_token_is_set
                a_session_is_revoked_whole
                every_session_of_a_user_is_revoked_but_one
                tokens_that_ended_before_are_pruned
                a_token_is_exchanged_once_under_concurrency
            }
            second_factors {
                unset_and_set_fields_come_back
                a_saved_factor_replaces_the_old_one
                a_factor_is_deleted_with_its_codes
                a_recovery_code_is_spent_once_by_its_user
                a_code_is_spent_once_under_concurrency
            }
            identities {
                an_identity_comes_back
                somebody_at_an_issuer_is_one_user_and_a_user_one_of_them
            }
            erasure {
                an_erased_user_is_out
                sessions_of_others_and_later_ones_stay
                erasure_that_is_undone_ends_no_session
            }
            transactions {
                a_success_is_kept_whole
                an_error_undoes_everything_and_is_returned
                every_error_comes_back_as_it_was
                a_panic_undoes_everything_and_the_store_goes_on
                a_job_sees_its_own_changes
                reading_changes_nothing
                reads_see_every_earlier_write
            }
        }
    };

    (@tests [$make:ident] $($group:ident { $($case:ident)+ })+) => {
        $(mod $group {
            use super::$make;
            $(
                #[test]
                fn $case() {
                    $crate::contract::run(stringify!($group), stringify!($case), &$make());
                }
            )+
        })+
    };

    (@table [] $($group:ident { $($case:ident)+ })+) => {
        &[$($(Case { group: stringify!($group), name: stringify!($case), run: $group::$case }),+),+]
    };
}

/// Every case.
pub const CASES: &[Case] = crate::auth_store_contract! { @cases table };
