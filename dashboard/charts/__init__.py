"""Figures: each module turns a frame into one Plotly figure, without reading or keeping anything."""
