//! What many figures come down to.

use std::fmt;

/// The middle of some figures, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    /// The median: of an even number of figures, the mean of the two in the middle.
    pub(crate) median: f64,
    least: f64,
    most: f64,
}

impl Summary {
    /// Of figures in any order. None of no figures.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let (lower, upper) = (sorted.get((sorted.len() - 1) / 2)?, sorted.get(sorted.len() / 2)?);
        Some(Self { median: f64::midpoint(*lower, *upper), least, most })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, least, most } = self;
        if least.total_cmp(most).is_eq() {
            return f.write_str(&number(*median));
        }
        write!(f, "{} ({} – {})", number(*median), number(*least), number(*most))
    }
}

/// The summary of some figures as a cell of a table.
pub(crate) fn cell(figures: impl IntoIterator<Item = f64>) -> String {
    Summary::of(figures).map_or_else(|| "–".to_owned(), |summary| summary.to_string())
}

/// The smallest figure that at least `percent` of a hundred figures do not exceed (nearest rank). None of no
/// figures.
pub(crate) fn percentile(figures: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// A figure with about three digits that count, and commas between thousands.
pub(crate) fn number(figure: f64) -> String {
    let decimals = match figure.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{figure:.decimals$}");
    if decimals > 0 {
        return text;
    }
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let mut grouped = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(Summary::of([]), None);
        let of = |figures: &[f64]| Summary::of(figures.iter().copied()).unwrap().median.to_string();
        assert_eq!(of(&[7.0]), "7");
        assert_eq!(of(&[9.0, 1.0, 5.0]), "5");
        assert_eq!(of(&[9.0, 1.0, 5.0, 6.0]), "5.5");
    }

    #[test]
    fn the_spread_is_shown() {
        assert_eq!(cell([3.0, 1.0, 2.0]), "2.00 (1.00 – 3.00)");
        assert_eq!(cell([4.0, 4.0]), "4.00");
        assert_eq!(cell([]), "–");
    }

    #[test]
    fn percentiles_are_figures_that_were_there() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let of = |figures: &[f64], percent| percentile(figures, percent).map(|figure| figure.to_string());
        assert_eq!(of(&hundred, 50).as_deref(), Some("50"));
        assert_eq!(of(&hundred, 99).as_deref(), Some("99"));
        assert_eq!(of(&hundred, 100).as_deref(), Some("100"));
        assert_eq!(of(&[3.0, 1.0], 0).as_deref(), Some("1"));
        assert_eq!(of(&[3.0, 1.0], 99).as_deref(), Some("3"));
        assert_eq!(of(&[], 50), None);
    }

    #[test]
    fn figures_are_shown_with_the_digits_that_count() {
        let shown = [0.0, 0.456, 9.994, 10.04, 123.4, 1_234.5, 1_234_567.0, -4_321.0];
        let expected = ["0.00", "0.46", "9.99", "10.0", "123", "1,234", "1,234,567", "-4,321"];
        assert_eq!(shown.map(number), expected);
    }
}
