//! The list of all cases.

use crate::contract::{
    Case, agents, attachments, concurrency, departments, erasure, filters, history, idempotency, messages,
    notifications, pages, search, statistics, tickets, transactions, users, waiting,
};

/// Makes every case of the suite a `#[test]` over the store that `$make`, a function in scope, makes afresh
/// for each: see [`crate::contract`].
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
            filters {
                no_condition_lets_everything_through
                by_status
                by_priority
                by_category
                by_assignee
                by_department_in_any_letter_case
                by_customer
                by_any_of_the_tags
                tags_follow_the_ticket
                unassigned_means_assigned_to_nobody
                by_time_of_creation_to_the_microsecond
                all_conditions_must_hold
                customers_see_their_own
                agents_see_what_names_them_once
                the_total_does_not_depend_on_the_page
            }
            pages {
                every_sort_orders_in_both_directions
                times_order_to_the_microsecond_and_ties_by_id
                tickets_without_a_message_count_as_oldest
                cursors_reach_every_ticket_once
                cursors_reach_every_filtered_ticket_once
                a_full_last_page_has_no_next
                pages_hold_their_place_while_tickets_come_and_change
                a_cursor_need_not_name_a_ticket
                tickets_are_skipped_by_number
                counting_stops_at_the_limit
            }
            search {
                every_word_must_begin_a_word
                words_are_found_across_subject_name_and_number
                other_fields_are_not_searched
                letter_case_does_not_matter
                letters_of_every_script_are_told_apart
                numbers_are_found_by_their_parts
                signs_are_no_part_of_words
                no_word_is_no_condition
                words_are_never_taken_for_patterns
                long_queries_are_answered
                words_follow_the_ticket
                search_narrows_other_conditions
            }
            waiting {
                the_most_urgent_comes_first_then_the_oldest
                only_waiting_tickets_are_in_line
                a_scope_is_a_department_and_what_it_serves
                active_tickets_count_for_their_handler
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
            attachments {
                files_come_back_in_every_state
                a_file_is_added_once_to_a_ticket_that_exists
                saving_changes_the_state_alone
                a_file_is_sent_with_a_message_of_the_same_transaction
                those_that_exist_are_listed_and_locked_by_id
                those_that_wait_are_counted_by_who_uploaded_them
                stale_ones_are_pruned_and_named
                a_file_is_either_sent_or_pruned
            }
            history {
                entries_come_back_as_appended
                every_action_comes_back
                sequences_and_hashes_chain
                entries_of_one_transaction_chain
                each_ticket_has_its_own_chain
                lists_begin_after_a_sequence_and_end_at_the_limit
                concurrent_appends_leave_no_gap
                an_untouched_chain_holds
                a_long_chain_is_checked_whole
                a_chain_is_checked_against_an_earlier_head
                a_chain_is_checked_with_what_was_just_appended
                every_ticket_is_walked_to_once
            }
            agents {
                unset_and_set_fields_come_back
                a_saved_agent_replaces_the_old_one
                absent_agents_are_left_out
                agents_are_listed_by_name_and_id
                candidates_are_available_and_have_room
                others_are_locked_besides_the_candidates
                candidates_are_read_whole
                an_email_address_is_taken_once
                an_agent_is_a_user
            }
            departments {
                unset_and_set_fields_come_back
                departments_are_listed_by_name_in_any_letter_case
                a_saved_department_replaces_the_old_one
                the_count_of_agents_is_always_true
                a_name_is_taken_once_in_any_letter_case
                a_department_may_change_the_case_of_its_name
                a_category_is_served_once
                a_new_name_is_taken_over_by_agents_and_tickets
            }
            users {
                unset_and_set_fields_come_back
                the_customer_known_longest_is_found_by_address
                an_address_logs_in_one_user
                an_absent_user_is_added_and_a_known_one_left_alone
                a_user_is_added_once
                saving_changes_name_address_number_and_password
                concurrent_first_sights_add_one_user
            }
            erasure {
                what_is_personal_reads_as_erased
                histories_verify_after_erasure
                an_erased_user_is_out_and_forgotten
                what_is_written_later_is_kept
                erasure_within_a_transaction_is_seen_at_once_and_undone_with_it
            }
            notifications {
                unset_and_set_fields_come_back
                the_newest_come_first_page_by_page
                everybody_has_their_own_list
                reading_marks_once_and_keeps_the_time
                what_others_have_cannot_be_read
                the_outbox_is_listed_oldest_first
            }
            idempotency {
                the_first_claim_is_told_from_repetitions
                a_key_belongs_to_its_actor
                a_claim_that_is_undone_leaves_the_key_free
                old_claims_are_pruned
                concurrent_claims_have_one_winner
                a_claim_waits_for_one_that_may_be_undone
            }
            statistics {
                nothing_counts_as_nothing
                tickets_are_counted_by_what_they_are
                days_count_what_was_created_and_resolved
                durations_are_measured_from_creation
                percentiles_are_by_nearest_rank
                agents_count_the_tickets_whose_handler_they_are
                departments_count_their_tickets
                a_period_is_cut_by_creation
                a_department_and_an_agent_narrow_every_figure
            }
            transactions {
                a_success_is_kept_whole
                an_error_undoes_everything_and_is_answered
                every_error_comes_back_as_it_was
                a_panic_undoes_everything_and_the_store_goes_on
                a_failure_leaves_earlier_transactions_alone
                concurrent_failures_leave_others_alone
                a_job_sees_its_own_changes
                reading_changes_nothing
                reads_see_every_earlier_write
            }
            concurrency {
                a_locked_ticket_loses_no_update
                a_locked_agent_loses_no_update
                agents_named_in_any_order_are_locked_without_deadlock
                tickets_and_agents_are_locked_together_without_deadlock
                candidates_are_never_given_too_much
                a_read_sees_one_state
                work_on_different_tickets_is_not_lost
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
