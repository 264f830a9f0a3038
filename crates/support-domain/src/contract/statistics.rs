//! Figures.

use chrono::TimeDelta;

use crate::contract::sample::{self, agent_id, at, department_name, ticket};
use crate::contract::scene::Scene;
use crate::entity::{
    AgentFigures, DailyCount, DepartmentFigures, Durations, Performance, Statistics, Ticket,
};
use crate::port::StatisticsFilter;
use crate::time::Timestamp;
use crate::value::{Category, DepartmentName, Priority, Resolution, Status};

const DAY: i64 = 86_400;

pub(super) fn nothing_counts_as_nothing(scene: &Scene) {
    scene.seed();
    let empty = figures(scene, StatisticsFilter::default());
    assert_eq!(
        empty,
        Statistics {
            by_status: Status::ALL.iter().map(|value| (*value, 0)).collect(),
            by_priority: Priority::ALL.iter().map(|value| (*value, 0)).collect(),
            by_category: Category::ALL.iter().map(|value| (*value, 0)).collect(),
            ..Statistics::default()
        }
    );
    assert_eq!(performance(scene, 1), Performance::default());
    assert_eq!(distribution(scene, sample::SUPPORT), [0, 0, 0, 0, 0]);
}

pub(super) fn tickets_are_counted_by_what_they_are(scene: &Scene) {
    seven(scene);
    let all = figures(scene, StatisticsFilter::default());
    assert_eq!(all.total, 7);
    assert_eq!(counts(&all.by_status, Status::ALL), [1, 1, 1, 2, 2]);
    assert_eq!(counts(&all.by_priority, Priority::ALL), [2, 2, 2, 1]);
    assert_eq!(counts(&all.by_category, Category::ALL), [3, 1, 2, 1, 0, 0]);
}

pub(super) fn days_count_what_was_created_and_resolved(scene: &Scene) {
    seven(scene);
    let day = |date: &str, created, resolved| DailyCount { date: date.to_owned(), created, resolved };
    assert_eq!(
        figures(scene, StatisticsFilter::default()).daily,
        [day("2026-11-24", 5, 1), day("2026-11-25", 2, 2), day("2026-12-05", 0, 1),]
    );
}

pub(super) fn durations_are_measured_from_creation(scene: &Scene) {
    seven(scene);
    let all = figures(scene, StatisticsFilter::default());
    assert_durations(all.first_response, &[60.0, 30.0, 90.0, 0.5]);
    assert_durations(all.resolution, &[3_600.0, 7_200.0, 864_000.25, 1.0]);
}

pub(super) fn percentiles_are_by_nearest_rank(scene: &Scene) {
    scene.seed();
    let mut seconds = Vec::new();
    for (n, second) in (1..).zip([7, 1, 10, 4, 2, 9, 3, 8, 6, 5, 11]) {
        scene.insert(&[ticket(n, |t| {
            t.first_response_at = Some(t.created_at.plus(TimeDelta::seconds(second)));
        })]);
        seconds.push(f64::from(i32::try_from(second).expect("a small number")));
        assert_durations(figures(scene, StatisticsFilter::default()).first_response, &seconds);
    }
    let all = figures(scene, StatisticsFilter::default()).first_response;
    assert_eq!((all.p50_seconds.map(f64::round), all.p90_seconds.map(f64::round)), (Some(6.0), Some(10.0)));
}

pub(super) fn agents_count_the_tickets_whose_handler_they_are(scene: &Scene) {
    seven(scene);
    assert_agents(
        &figures(scene, StatisticsFilter::default()).agents,
        &[agent(1, 2, 0, Some(5_400.0)), agent(2, 1, 1, Some(1.0)), agent(3, 1, 1, Some(864_000.25))],
    );
    assert_performance(performance(scene, 1), agent(1, 2, 0, Some(5_400.0)).performance);
    assert_performance(performance(scene, 3), agent(3, 1, 1, Some(864_000.25)).performance);
    assert_performance(performance(scene, 9), Performance::default());
}

pub(super) fn departments_count_their_tickets(scene: &Scene) {
    seven(scene);
    assert_eq!(
        figures(scene, StatisticsFilter::default()).departments,
        [
            department(None, 2, 1),
            department(Some(sample::BILLING), 1, 0),
            department(Some(sample::SUPPORT), 4, 3),
        ]
    );
    assert_eq!(distribution(scene, sample::SUPPORT), [0, 0, 1, 1, 2]);
    assert_eq!(distribution(scene, "TECHNICAL support"), [0, 0, 1, 1, 2]);
    assert_eq!(distribution(scene, sample::BILLING), [0, 1, 0, 0, 0]);
    assert_eq!(distribution(scene, "Loans"), [0; 5]);
}

pub(super) fn a_period_is_cut_by_creation(scene: &Scene) {
    seven(scene);
    let between = |from: Option<Timestamp>, before: Option<Timestamp>| {
        figures(scene, StatisticsFilter { from, before, ..StatisticsFilter::default() }).total
    };
    let next = |at: Timestamp| Timestamp::from_micros(at.as_micros() + 1);
    assert_eq!(between(Some(at(20)), None), 5, "the first moment is in");
    assert_eq!(between(Some(next(at(20))), None), 4);
    assert_eq!(between(None, Some(at(20))), 2, "the last moment is out");
    assert_eq!(between(None, Some(next(at(20)))), 3);
    let first_day =
        figures(scene, StatisticsFilter { before: Some(at(DAY - 1)), ..StatisticsFilter::default() });
    assert_eq!(first_day.total, 4);
    assert_eq!(first_day.daily, [DailyCount { date: "2026-11-24".to_owned(), created: 4, resolved: 1 }]);
    assert_durations(first_day.resolution, &[3_600.0]);
    assert_eq!(first_day.agents.len(), 3);
    assert_eq!(first_day.departments.len(), 3);
}

pub(super) fn a_department_and_an_agent_narrow_every_figure(scene: &Scene) {
    seven(scene);
    let support = StatisticsFilter {
        department: Some(department_name("technical SUPPORT")),
        ..StatisticsFilter::default()
    };
    let of_support = figures(scene, support.clone());
    assert_eq!(of_support.total, 4);
    assert_eq!(counts(&of_support.by_status, Status::ALL), [0, 0, 1, 1, 2]);
    assert_durations(of_support.first_response, &[30.0, 90.0, 0.5]);
    assert_agents(&of_support.agents, &[agent(1, 2, 0, Some(5_400.0)), agent(2, 1, 1, Some(1.0))]);
    assert_eq!(of_support.departments, [department(Some(sample::SUPPORT), 4, 3)]);

    let of_agent =
        figures(scene, StatisticsFilter { agent: Some(agent_id(3)), ..StatisticsFilter::default() });
    assert_eq!(of_agent.total, 2);
    assert_eq!(counts(&of_agent.by_priority, Priority::ALL), [1, 1, 0, 0]);
    assert_agents(&of_agent.agents, &[agent(3, 1, 1, Some(864_000.25))]);
    assert_eq!(of_agent.departments, [department(None, 1, 1), department(Some(sample::BILLING), 1, 0)]);

    let of_first_handler =
        figures(scene, StatisticsFilter { agent: Some(agent_id(1)), ..StatisticsFilter::default() });
    assert_eq!(of_first_handler.total, 2, "not those they escalated to somebody else");

    let both = StatisticsFilter { agent: Some(agent_id(2)), from: Some(at(21)), ..support };
    assert_eq!(figures(scene, both).total, 1);
    let nobody = StatisticsFilter { agent: Some(agent_id(9)), ..StatisticsFilter::default() };
    assert_eq!(figures(scene, nobody).total, 0);
}

/// Seven tickets; times in seconds from [`at`] 0, answers and resolutions from the creation:
///
/// | n | status | priority | category | department | assigned, escalated | created | answered | resolved |
/// | - | --- | --- | --- | --- | - | - | - | - |
/// | 1 | open | low | technical | | | 0 | | |
/// | 2 | in-progress | medium | billing | Billing & Payments | 3 | 10 | 60 | |
/// | 3 | escalated | high | technical | Technical Support | 1, 2 | 20 | 30 | |
/// | 4 | resolved | urgent | account | Technical Support | 1 | 30 | 90 | 3600 |
/// | 5 | closed | medium | account | Technical Support | 1 | a day | 0.5 | 7200 |
/// | 6 | resolved | low | loan | | 3 | a day and 5 | | 864000.25 |
/// | 7 | closed | high | technical | Technical Support | 1, 2 | a day less 1 | | 1 |
fn seven(scene: &Scene) {
    use Category::{Account, Billing, Loan, Technical};
    use Priority::{High, Low, Medium, Urgent};
    use Status::{Closed, Escalated, InProgress, Open, Resolved};

    let row = |n, status, priority, category, created, answered: i64, resolved: i64| {
        ticket(n, |t| {
            t.status = status;
            t.priority = priority;
            t.category = category;
            t.created_at = at(created);
            let after = |millis| (millis > 0).then(|| at(created).plus(TimeDelta::milliseconds(millis)));
            t.first_response_at = after(answered);
            t.resolved_at = after(resolved);
            t.resolved_by = t.resolved_at.map(|_| sample::admin_id());
            t.resolution = t.resolved_at.and_then(|_| Resolution::parse("Done.").ok());
            let (home, assigned, escalated) = match n {
                1 => (None, None, None),
                2 => (Some(sample::BILLING), Some(3), None),
                6 => (None, Some(3), None),
                3 | 7 => (Some(sample::SUPPORT), Some(1), Some(2)),
                _ => (Some(sample::SUPPORT), Some(1), None),
            };
            t.department = home.map(department_name);
            t.assigned_to = assigned.map(sample::handler);
            t.escalated_to = escalated.map(sample::handler);
        })
    };
    let tickets: [Ticket; 7] = [
        row(1, Open, Low, Technical, 0, 0, 0),
        row(2, InProgress, Medium, Billing, 10, 60_000, 0),
        row(3, Escalated, High, Technical, 20, 30_000, 0),
        row(4, Resolved, Urgent, Account, 30, 90_000, 3_600_000),
        row(5, Closed, Medium, Account, DAY, 500, 7_200_000),
        row(6, Resolved, Low, Loan, DAY + 5, 0, 864_000_250),
        row(7, Closed, High, Technical, DAY - 1, 0, 1_000),
    ];
    scene.seed();
    scene.insert(&tickets);
}

fn figures(scene: &Scene, period: StatisticsFilter) -> Statistics {
    scene.read(move |tx| tx.statistics().statistics(&period))
}

fn performance(scene: &Scene, agent: u64) -> Performance {
    scene.read(move |tx| tx.statistics().performance(agent_id(agent)))
}

/// The tickets of a department by status.
#[track_caller]
fn distribution(scene: &Scene, department: &str) -> Vec<u64> {
    let name: DepartmentName = department_name(department);
    counts(&scene.read(move |tx| tx.statistics().distribution(&name)), Status::ALL)
}

/// The counts alone, after checking that every value is listed in order.
#[track_caller]
fn counts<T: Copy + PartialEq + std::fmt::Debug>(tally: &[(T, u64)], all: &[T]) -> Vec<u64> {
    assert_eq!(tally.iter().map(|(value, _)| *value).collect::<Vec<_>>(), all, "every value, in order");
    tally.iter().map(|(_, count)| *count).collect()
}

fn agent(n: u64, handled: u64, open: u64, mean_resolution_seconds: Option<f64>) -> AgentFigures {
    let name = sample::person(&format!("Agent {n}"));
    AgentFigures {
        agent_id: agent_id(n),
        name,
        performance: Performance { handled, open, mean_resolution_seconds },
    }
}

fn department(name: Option<&str>, total: u64, resolved: u64) -> DepartmentFigures {
    DepartmentFigures { department: name.map(department_name), total, resolved }
}

/// Checks durations to the microsecond, which is as exact as times are.
#[track_caller]
fn assert_durations(durations: Durations, seconds: &[f64]) {
    let expected = Durations::of(seconds.to_vec());
    assert_eq!(durations.count, expected.count);
    assert_close(durations.mean_seconds, expected.mean_seconds);
    assert_close(durations.p50_seconds, expected.p50_seconds);
    assert_close(durations.p90_seconds, expected.p90_seconds);
}

#[track_caller]
fn assert_agents(actual: &[AgentFigures], expected: &[AgentFigures]) {
    let who =
        |all: &[AgentFigures]| all.iter().map(|one| (one.agent_id, one.name.clone())).collect::<Vec<_>>();
    assert_eq!(who(actual), who(expected), "by id");
    for (actual, expected) in actual.iter().zip(expected) {
        assert_performance(actual.performance, expected.performance);
    }
}

#[track_caller]
fn assert_performance(actual: Performance, expected: Performance) {
    assert_eq!((actual.handled, actual.open), (expected.handled, expected.open));
    assert_close(actual.mean_resolution_seconds, expected.mean_resolution_seconds);
}

#[track_caller]
fn assert_close(actual: Option<f64>, expected: Option<f64>) {
    let close = match (actual, expected) {
        (Some(actual), Some(expected)) => (actual - expected).abs() < 1e-5,
        (None, None) => true,
        _ => false,
    };
    assert!(close, "{actual:?} is not {expected:?}");
}
