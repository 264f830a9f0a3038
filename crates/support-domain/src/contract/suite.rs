//! The list of all cases.

use crate::contract::{Case, history, messages, tickets};

/// Makes every case of the suite a `#[test]` over the store that `$make`, a function in scope, makes afresh for each:
/// see [`crate::contract`].
#[macro_export]
macro_rules! store_contract {
    ($make:ident) => { $crate::store_contract! { @cases tests $make } };

    (@cases $mode:ident $($make:ident)?) => {
        $crate::store_contract! { @$mode [$($make)?]
            tickets {
                unset_fields_come_back_unset
                set_fields_come_back_as_they_were
                the_longest_texts_come_back_whole
                every_choice_comes_back
                a_saved_ticket_replaces_the_old_one
                absent_tickets_are_none
                ids_and_numbers_are_unique
                numbers_ascend_from_one_in_each_year
                numbers_are_unique_and_ascend_under_concurrency
            }
            messages {
                unset_and_set_fields_come_back
                the_longest_text_comes_back_whole
                windows_are_cut_by_sequence_and_limit
                windows_keep_to_their_ticket
                a_client_id_is_unique_for_a_sender_in_a_ticket
                a_message_is_found_by_its_client_id
                reading_marks_the_senders_messages_up_to_a_sequence
                reading_again_counts_nothing
            }
            history {
                entries_come_back_as_appended
                every_action_comes_back
                sequences_and_hashes_chain
                entries_of_one_transaction_chain
                each_ticket_has_its_own_chain
                lists_begin_after_a_sequence_and_end_at_the_limit
                concurrent_appends_leave_no_gap
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
pub const CASES: &[Case] = crate::store_contract! { @cases table };
