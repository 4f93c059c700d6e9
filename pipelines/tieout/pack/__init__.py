"""What finance reads: a static site of one period, written from the published marts and nothing
else.

`marts` opens what is published, `scope` narrows it to the period, the modules named after pages
gather each page's figures, `render` turns them into HTML and data files, `site` writes the folder.
"""
