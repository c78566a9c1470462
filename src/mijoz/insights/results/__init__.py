"""The results report of a month: what every figure is, how it is measured, kept, drawn, printed and sent."""
