"""How a document's number is written."""


def document_number(prefix: str, year: int, value: int, width: int = 6) -> str:
    """Return a number such as 'SJ2025000001': prefix, year of the date, counter of that year.

    A counter beyond `width` digits grows longer rather than stop the desk; it stays unique, because the year
    has four digits always. A value below 1 is a programming error (ValueError).
    """
    if value < 1 or not 1 <= year <= 9999:
        raise ValueError(f"no document has the number {value} of {year}")
    return f"{prefix}{year:04d}{value:0{width}d}"
